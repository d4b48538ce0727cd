import type { Random } from '../../src/data/random.ts'

/** A field of a protobuf message: its key, and its payload or encoded number. */
interface Field {
  readonly key: number
  readonly data: Uint8Array
}

const LENGTH_DELIMITED = 2

function varint(value: number): Uint8Array {
  const bytes: number[] = []
  let rest = value
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128)
  return Uint8Array.from([...bytes, rest])
}

/** null: not a message. */
function fieldsOf(bytes: Uint8Array): Field[] | null {
  let at = 0
  const number = (): number => {
    let value = 0
    for (let shift = 1; ; shift *= 128) {
      const byte = bytes[at++]
      if (byte === undefined || shift > 2 ** 49) return Number.NaN
      value += (byte & 127) * shift
      if (byte < 128) return value
    }
  }
  const fields: Field[] = []
  while (at < bytes.length) {
    const key = number()
    const wire = key % 8
    if (!(key >= 8) || key > 8000 || ![0, 1, 2, 5].includes(wire)) return null
    if (wire === 0) {
      const from = at
      if (Number.isNaN(number())) return null
      fields.push({ key, data: bytes.subarray(from, at) })
    } else {
      const length = wire === 1 ? 8 : wire === 5 ? 4 : number()
      if (!(length <= bytes.length - at)) return null
      fields.push({ key, data: bytes.subarray(at, at + length) })
      at += length
    }
  }
  return fields
}

const encoded = (fields: readonly Field[]): Uint8Array =>
  Buffer.concat(
    fields.flatMap(({ key, data }) => [
      varint(key),
      ...(key % 8 === LENGTH_DELIMITED ? [varint(data.length)] : []),
      data,
    ]),
  )

const NUMBERS = [0, 1, 2, 3, 7, 8, 9, 11, 16, 20, 127, 255, 2 ** 16, 2 ** 31, 2 ** 32, 2 ** 40, 2 ** 49]
const TEXTS = [
  '',
  '\u0000',
  '\u001b[2J',
  '../../weights.bin',
  '/etc/passwd',
  'x'.repeat(4000),
  'If',
  'Constant',
  'ai.onnx',
]

/**
 * A protobuf message in which one field, somewhere inside, is changed, taken away, repeated or put elsewhere, with
 * all lengths around it as they must be; null: not a message.
 */
export function brokenMessage(bytes: Uint8Array, random: Random, depth = 0): Uint8Array | null {
  const fields = fieldsOf(bytes)
  if (fields === null || fields.length === 0) return null
  const at = random.below(fields.length)
  const field = fields[at]
  const other = fields[random.below(fields.length)]
  if (!field || !other) return null
  const inner =
    depth < 12 && field.key % 8 === LENGTH_DELIMITED && random.below(5) > 0
      ? brokenMessage(field.data, random, depth + 1)
      : null
  if (inner !== null) return encoded(fields.with(at, { ...field, data: inner }))
  switch (random.below(6)) {
    case 0:
      return encoded(fields.toSpliced(at, 1))
    case 1: {
      const times = Math.min(2 ** random.below(13), Math.ceil(400_000 / (field.data.length + 2)))
      return encoded(fields.toSpliced(at, 0, ...new Array<Field>(times).fill(field)))
    }
    case 2:
      return encoded(fields.with(at, other))
    case 3:
      return encoded(
        fields.with(at, { ...field, key: field.key % 8 === other.key % 8 ? other.key : field.key }),
      )
    default: {
      const data =
        field.key % 8 === 0
          ? varint(NUMBERS[random.below(NUMBERS.length)] ?? 0)
          : field.key % 8 === LENGTH_DELIMITED
            ? Buffer.from(TEXTS[random.below(TEXTS.length)] ?? '')
            : field.data.map((byte, i) => (i === 0 ? byte ^ 255 : byte))
      return encoded(fields.with(at, { ...field, data }))
    }
  }
}
