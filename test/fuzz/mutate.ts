import { createRandom, type Random } from '../../src/data/random.ts'
import { brokenJson } from './mutate-json.ts'
import { brokenMessage } from './mutate-message.ts'

/** Numbers at which lengths, offsets and counts go wrong. */
const EDGES = [
  0,
  1,
  2,
  7,
  8,
  16,
  31,
  127,
  128,
  255,
  256,
  1023,
  4096,
  65535,
  65536,
  2 ** 24,
  2 ** 31 - 1,
  2 ** 31,
  2 ** 32 - 1,
  2 ** 53,
  2 ** 63,
]

/** What breaks readers of text: numbers, keys, paths, quotes, nesting, control characters. */
const WORDS = [
  '-1', '0', '1e999', '9007199254740993', '1e-400', 'NaN', 'null', 'true', '[]', '{}', '""', '"', "'", '\\', '\\u0000',
  '"__proto__"', '"constructor"', '"toString"', '"../../../etc/passwd"', '"/etc/passwd"', '"C:\\\\Windows"', '\u0000',
  '\u001b[2J', '\u2028', '\ud83d\ude00', '\r', '\r\n', '\n\n', ',,,,', '\t', ';', '\ufeff', '[['.repeat(40), '{"a":'.repeat(40),
  'version https://git-lfs', 'PK\u0003\u0004', '%s%n', '(a+)+$', '.*.*.*=',
] // biome-ignore format: a list

const pick = <T>(random: Random, from: readonly T[]): T => {
  const chosen = from[random.below(from.length)]
  if (chosen === undefined) throw new Error('nothing to choose from')
  return chosen
}

/** A piece of the bytes, mostly short. */
const piece = (random: Random, bytes: Uint8Array): [from: number, to: number] => {
  const from = random.below(bytes.length + 1)
  const most = random.below(8) === 0 ? bytes.length : 64
  return [from, Math.min(bytes.length, from + 1 + random.below(Math.max(1, most)))]
}

const spliced = (bytes: Uint8Array, from: number, to: number, ...parts: readonly Uint8Array[]): Uint8Array =>
  Buffer.concat([bytes.subarray(0, from), ...parts, bytes.subarray(to)])

/** A number as files hold it: little or big endian, or a varint. */
const encodedEdge = (random: Random): Uint8Array => {
  const value = BigInt(pick(random, EDGES)) + BigInt(random.below(3) - 1)
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64LE(BigInt.asUintN(64, value))
  const size = pick(random, [1, 2, 4, 8])
  switch (random.below(3)) {
    case 0:
      return bytes.subarray(0, size)
    case 1:
      return Buffer.from(bytes.subarray(0, size)).reverse()
    default: {
      const varint: number[] = []
      let rest = BigInt.asUintN(64, value)
      for (; rest > 127n; rest >>= 7n) varint.push(Number(rest & 127n) | 128)
      return Uint8Array.from([...varint, Number(rest)])
    }
  }
}

type Mutation = (bytes: Uint8Array, random: Random, others: readonly Uint8Array[]) => Uint8Array

const MUTATIONS: readonly Mutation[] = [
  // Bit flips.
  (bytes, random) => {
    const copy = Buffer.from(bytes)
    if (copy.length === 0) return copy
    for (let n = 1 + random.below(4); n > 0; n--) {
      const at = random.below(copy.length)
      copy[at] = (copy[at] ?? 0) ^ (1 << random.below(8))
    }
    return copy
  },
  // Cut off.
  (bytes, random) => bytes.subarray(0, random.below(bytes.length + 1)),
  // A number written over.
  (bytes, random) => {
    const [from] = piece(random, bytes)
    const edge = encodedEdge(random)
    return spliced(bytes, from, Math.min(bytes.length, from + edge.length), edge)
  },
  // Digits of a text replaced.
  (bytes, random) => {
    const text = Buffer.from(bytes).toString('latin1')
    const numbers = [...text.matchAll(/\d+/g)]
    if (numbers.length === 0) return bytes
    const found = pick(random, numbers)
    const value = random.below(2) === 0 ? String(pick(random, EDGES)) : `-${pick(random, EDGES)}`
    return spliced(bytes, found.index, found.index + found[0].length, Buffer.from(value))
  },
  // A value of JSON, or a cell, replaced.
  (bytes, random) => {
    const text = Buffer.from(bytes).toString('latin1')
    const values = [...text.matchAll(/"[^"\n]*"|[\w.-]+/g)]
    if (values.length === 0) return bytes
    const found = pick(random, values)
    return spliced(bytes, found.index, found.index + found[0].length, Buffer.from(pick(random, WORDS)))
  },
  // A piece taken out.
  (bytes, random) => spliced(bytes, ...piece(random, bytes)),
  // A piece repeated, up to a few thousand times but not beyond some hundred kilobytes.
  (bytes, random) => {
    const [from, to] = piece(random, bytes)
    const times = Math.min(2 ** random.below(13), Math.ceil(400_000 / Math.max(1, to - from)))
    return spliced(bytes, to, to, ...new Array<Uint8Array>(times).fill(bytes.subarray(from, to)))
  },
  // A word or number put in.
  (bytes, random) => {
    const at = random.below(bytes.length + 1)
    const part = random.below(2) === 0 ? Buffer.from(pick(random, WORDS)) : encodedEdge(random)
    return spliced(bytes, at, at, part)
  },
  // A piece of another file in place of one of this.
  (bytes, random, others) => {
    const other = pick(random, others)
    return spliced(bytes, ...piece(random, bytes), other.subarray(...piece(random, other)))
  },
  // The beginning of one, the end of another.
  (bytes, random, others) => {
    const other = pick(random, others)
    return Buffer.concat([
      bytes.subarray(0, random.below(bytes.length + 1)),
      other.subarray(random.below(other.length + 1)),
    ])
  },
]

/** Keeps the structure sound, so that what is inside reaches the reader. */
const structured: Mutation = (bytes, random) => {
  const text = Buffer.from(bytes).toString('utf8')
  const lines = text.trimEnd().split('\n')
  const whole = brokenJson(text, random)
  if (whole !== null) return Buffer.from(whole)
  const at = random.below(lines.length)
  const line = brokenJson(lines[at] ?? '', random)
  if (line !== null) return Buffer.from(`${lines.with(at, line).join('\n')}\n`)
  return brokenMessage(bytes, random) ?? bytes
}

/** A file broken in one to four ways; the same seed and case give the same bytes. */
export function mutated(seeds: readonly Uint8Array[], seed: number, purpose: string): Uint8Array {
  const random = createRandom(seed, purpose)
  let bytes = pick(random, seeds)
  // Half of the files stay readable for long.
  if (random.below(2) === 0) {
    for (let n = 1 + random.below(3); n > 0; n--) bytes = structured(bytes, random, seeds)
    return new Uint8Array(bytes)
  }
  for (let n = 1 + random.below(4); n > 0; n--) bytes = pick(random, MUTATIONS)(bytes, random, seeds)
  return new Uint8Array(bytes)
}
