import assert from 'node:assert/strict'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { readSafetensors, type SafeTensor, writeSafetensors } from '../../src/run/safetensors.ts'
import { UserError } from '../../src/shared/error.ts'
import { needsShared, shared } from '../shared.ts'
import { temporaryFolder } from './sample.ts'

const BYTES = { BOOL: 1, U8: 1, F16: 2, I32: 4, F32: 4, I64: 8 } as const

const tensor: fc.Arbitrary<SafeTensor> = fc
  .tuple(
    fc.constantFrom('BOOL', 'U8', 'F16', 'I32', 'F32', 'I64'),
    fc.array(fc.nat(4), { maxLength: 3 }),
    fc.nat(255),
  )
  .map(([dtype, dims, fill]) => {
    const length = dims.reduce((a, b) => a * b, BYTES[dtype])
    return { dtype, dims, data: Uint8Array.from({ length }, (_, i) => (fill + i) & 255) }
  })
const tensors = fc
  .dictionary(
    fc
      .string({ maxLength: 12, unit: 'grapheme' })
      .filter((name) => name !== '__metadata__' && name !== '__proto__'),
    tensor,
    { maxKeys: 5 },
  )
  .map((table) => new Map(Object.entries(table)))

test('what is written is read', (t) => {
  const path = join(temporaryFolder(t), 'a.safetensors')
  fc.assert(
    fc.property(tensors, fc.constantFrom({}, { note: 'a "b" ü' }), (written, metadata) => {
      writeSafetensors(path, written, metadata)
      const read = readSafetensors(path)
      assert.deepEqual(read.metadata, metadata)
      assert.deepEqual(new Map([...read.tensors].sort()), new Map([...written].sort()))
    }),
    { seed: 1, numRuns: 60 },
  )
})

test('equal tensors are equal bytes in whatever order they come, and data starts at a multiple of 8', (t) => {
  const folder = temporaryFolder(t)
  const one: SafeTensor = { dtype: 'F32', dims: [2], data: new Uint8Array([1, 2, 3, 4, 5, 6, 7, 8]) }
  const two: SafeTensor = { dtype: 'I64', dims: [1], data: new Uint8Array([8, 7, 6, 5, 4, 3, 2, 1]) }
  writeSafetensors(join(folder, 'a'), new Map([['1', one], ['b', two]])) // biome-ignore format: one line
  writeSafetensors(join(folder, 'b'), new Map([['b', two], ['1', one]])) // biome-ignore format: one line
  const bytes = readFileSync(join(folder, 'a'))
  assert.deepEqual(bytes, readFileSync(join(folder, 'b')))
  assert.equal((8 + Number(bytes.readBigUInt64LE())) % 8, 0)
  assert.equal(bytes.indexOf(Buffer.from([8, 7, 6, 5])) % 8, 0)
})

test('a file that is not sound is refused in one line', async (t) => {
  const path = join(temporaryFolder(t), 'a.safetensors')
  const file = (header: unknown, data = 8): Buffer => {
    const json = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header))
    const length = Buffer.alloc(8)
    length.writeBigUInt64LE(BigInt(json.byteLength))
    return Buffer.concat([length, json, Buffer.alloc(data)])
  }
  const entry = (begin: number, end: number, shape = [(end - begin) / 4], dtype = 'F32'): unknown => ({
    dtype,
    shape,
    data_offsets: [begin, end],
  })
  const hugeHeader = Buffer.alloc(16)
  hugeHeader.writeBigUInt64LE(2n ** 63n)
  const longHeader = Buffer.alloc(16)
  longHeader.writeBigUInt64LE(1000n)
  const attacks: Record<string, Buffer> = {
    empty: Buffer.alloc(0),
    'seven bytes': Buffer.alloc(7),
    'huge header': hugeHeader,
    'header beyond the file': longHeader,
    'no header': file('', 0),
    'an array': file([], 0),
    'a text': file('"x"', 0),
    'not JSON': file('{x}', 0),
    'leading space': file(' {}', 0),
    'bad UTF-8': Buffer.concat([Buffer.from([3, 0, 0, 0, 0, 0, 0, 0]), Buffer.from([0x7b, 0xff, 0x7d])]),
    'unknown type': file({ a: entry(0, 8, [2], 'F31') }),
    'type from the prototype': file({ a: entry(0, 8, [2], 'toString') }),
    'a further field': file({ a: { dtype: 'F32', shape: [2], data_offsets: [0, 8], more: 1 } }),
    'one offset': file({ a: { dtype: 'F32', shape: [2], data_offsets: [0] } }),
    'backwards offsets': file({ a: entry(8, 0, [2]) }),
    'negative offsets': file({ a: entry(-8, 0, [2]) }),
    'negative shape': file({ a: entry(0, 8, [-1, -2]) }),
    'fraction in the shape': file({ a: entry(0, 8, [0.5, 4]) }),
    'offsets beyond the file': file({ a: entry(0, 16) }),
    'shape does not fit': file({ a: entry(0, 8, [3]) }),
    'shape overflows': file({ a: entry(0, 0, [2 ** 40, 2 ** 40, 0]) }),
    overlap: file({ a: entry(0, 8), b: entry(4, 8) }),
    'same bytes twice': file({ a: entry(0, 8), b: entry(0, 8) }),
    'gap at the start': file({ a: entry(4, 8) }),
    'gap between': file({ a: entry(0, 4), b: entry(8, 12) }, 12),
    'bytes at the end': file({ a: entry(0, 4) }),
    'data without tensors': file({}),
    'metadata of numbers': file({ __metadata__: { a: 1 } }, 0),
  }
  for (const [name, bytes] of Object.entries(attacks)) {
    await t.test(name, () => {
      writeFileSync(path, bytes)
      assert.throws(
        () => readSafetensors(path),
        (error) => error instanceof UserError && error.message.startsWith(path) && !/\n/.test(error.message),
      )
    })
  }
})

test('a changed byte or a cut never ends in anything but a UserError or the same structure', (t) => {
  const path = join(temporaryFolder(t), 'a.safetensors')
  writeSafetensors(
    path,
    new Map([
      ['weight', { dtype: 'F32', dims: [2, 3], data: new Uint8Array(24) }],
      ['ids', { dtype: 'I64', dims: [2], data: new Uint8Array(16) }],
    ]),
    { format: 'pt' },
  )
  const sound = readFileSync(path)
  const refusedOrRead = (bytes: Uint8Array): void => {
    writeFileSync(path, bytes)
    try {
      for (const { dims, dtype, data } of readSafetensors(path).tensors.values()) {
        const width = { F32: 4, I64: 8, F64: 8, U64: 8, I32: 4, U32: 4 }[dtype as string]
        assert.equal(dims.reduce((a, b) => a * b, width ?? Number.NaN), data.byteLength) // biome-ignore format: one line
      }
    } catch (error) {
      assert.ok(error instanceof UserError, String(error))
    }
  }
  fc.assert(
    fc.property(fc.nat(sound.length - 1), fc.nat(255), (at, value) => {
      const bytes = Uint8Array.from(sound)
      bytes[at] = value
      refusedOrRead(bytes)
    }),
    { seed: 2, numRuns: 400 },
  )
  for (let length = 0; length < sound.length; length++) {
    writeFileSync(path, sound.subarray(0, length))
    assert.throws(() => readSafetensors(path), UserError)
  }
})

test('files written by the reference implementation are read', { skip: needsShared }, () => {
  const cases = readdirSync(shared('zoo')).filter((name) => name.includes('.') && name !== 'README.md')
  assert.ok(cases.length > 0)
  for (const name of cases) {
    const { tensors } = readSafetensors(shared(`zoo/${name}/case.safetensors`))
    assert.ok(tensors.has('output') && tensors.has('cotangent'), name)
  }
})
