import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { type BasicType, parquetWriteBuffer } from 'hyparquet-writer'
import { columnPages } from '../../src/data/parquet/column.ts'
import { Damage, Excess } from '../../src/data/parquet/damage.ts'
import { decompress } from '../../src/data/parquet/decompress.ts'
import { deltas, runs } from '../../src/data/parquet/encodings.ts'
import { readMetadata } from '../../src/data/parquet/metadata.ts'
import { readStruct } from '../../src/data/parquet/thrift.ts'
import { openTable, type Row } from '../../src/data/table.ts'
import { UserError } from '../../src/shared/error.ts'

const folder = mkdtempSync(join(tmpdir(), 'finesse-parquet-'))
after(() => rmSync(folder, { recursive: true }))
const fixture = (name: string): string =>
  fileURLToPath(new URL(`../fixtures/tables/${name}`, import.meta.url))

async function read(path: string) {
  const table = await openTable(path)
  const rows: Row[] = []
  for await (const row of table.rows()) rows.push(row)
  return { ...table, rows, cells: rows.map(({ cells }) => cells) }
}

const expected: [string, string][] = JSON.parse(readFileSync(fixture('rows.json'), 'utf8'))
const FILES = ['none', 'snappy', 'zstd', 'gzip', 'brotli', 'lz4', 'plain', 'pages-v2', 'polars']

test('files of pyarrow and polars read as they were written, whatever the codec', async () => {
  for (const name of FILES) {
    const { columns, cells, format, said } = await read(fixture(`${name}.parquet`))
    assert.equal(format.kind, 'parquet')
    assert.deepEqual(columns, ['text', 'label'])
    assert.deepEqual(said, [])
    assert.deepEqual(cells, expected, name)
  }
})

test('delta and split encodings read as they were written', async () => {
  const { cells } = await read(fixture('delta.parquet'))
  assert.equal(cells.length, 500)
  for (const [i, row] of cells.entries()) {
    const wide = ((BigInt(i) * 2654435761n) ** 2n % 2n ** 62n) - 2n ** 61n
    assert.deepEqual(row, [
      expected[i]?.[0],
      String(((i * 7919) % 5) - 2),
      String(wide),
      String(i / 7),
      String(i % 2 === 0),
      `reviews/2025/${String(Math.floor(i / 10)).padStart(3, '0')}/${i}`,
    ])
  }
})

test('every type is text that a person expects; lists are left out and said', async () => {
  const { columns, cells, said } = await read(fixture('types.parquet'))
  const [first, second, third] = cells.map((row) =>
    Object.fromEntries(columns.map((name, i) => [name, row[i]])),
  )
  assert.deepEqual(first, {
    text: 'first',
    label: '1',
    flag: 'true',
    small: '-1',
    unsigned: '255',
    large: '9223372036854775809',
    single: '0.1',
    double: '0.1',
    day: '2025-01-31',
    moment: '2025-01-31 14:30:15.123456',
    zoned: '2025-01-31 14:30:00Z',
    hour: '06:45:00',
    money: '12.30',
    cents: '12.30',
    bytes: 'abc',
    category: 'x',
    half: '0.5',
    'pair.a': 'in',
    'pair.b': '1',
  })
  assert.ok(second)
  for (const [name, value] of Object.entries(second))
    assert.equal(
      value,
      { label: '0', small: '2', unsigned: '0', large: '0', single: '-2.5', double: '1e+300', category: 'y' }[
        name
      ] ?? '',
    )
  assert.deepEqual(
    [
      third?.text,
      third?.unsigned,
      third?.flag,
      third?.day,
      third?.moment,
      third?.cents,
      third?.half,
      third?.['pair.b'],
    ],
    ['很好 😀', '4294967295', 'false', '1960-02-29', '1960-01-01', '-0.05', '-2', '2'],
  )
  assert.deepEqual(said, [`${fixture('types.parquet')}: left out because they hold lists: "list".`])
})

const values: Record<string, fc.Arbitrary<string | number | boolean | bigint | null>> = {
  STRING: fc.oneof(fc.string({ unit: 'binary', maxLength: 30 }), fc.constantFrom('a', 'b', null)),
  INT32: fc.oneof(fc.integer(), fc.constantFrom(0, 1, null)),
  INT64: fc.oneof(fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n), fc.constant(null)),
  DOUBLE: fc.oneof(fc.double({ noNaN: true }), fc.constant(null)),
  BOOLEAN: fc.constantFrom(true, false, null),
}
const column = fc
  .constantFrom<BasicType[]>('STRING', 'INT32', 'INT64', 'DOUBLE', 'BOOLEAN')
  .chain((type) =>
    fc
      .array(values[type] ?? fc.constant(null), { minLength: 40, maxLength: 40 })
      .map((data) => ({ type, data })),
  )

test('tables come back from files of another writer', async () => {
  const path = join(folder, 'random.csv')
  await fc.assert(
    fc.asyncProperty(
      fc.array(column, { minLength: 1, maxLength: 4 }),
      fc.integer({ min: 1, max: 40 }),
      fc.constantFrom(1, 7, 1000),
      fc.constantFrom<('UNCOMPRESSED' | 'SNAPPY')[]>('UNCOMPRESSED', 'SNAPPY'),
      async (columns, count, rowGroupSize, codec) => {
        const columnData = columns.map(({ type, data }, i) => ({
          name: `c${i}`,
          type,
          nullable: true,
          data: data.slice(0, count),
        }))
        writeFileSync(path, Buffer.from(parquetWriteBuffer({ columnData, rowGroupSize, codec })))
        const { cells } = await read(path)
        // What is no valid Unicode has no bytes of its own.
        const shown = (value: unknown) => (value === null ? '' : Buffer.from(String(value)).toString())
        assert.deepEqual(
          cells,
          Array.from({ length: count }, (_, row) => columnData.map(({ data }) => shown(data[row]))),
        )
      },
    ),
    { seed: 8, numRuns: 200 },
  )
})

async function refused(bytes: Uint8Array, ...words: string[]) {
  const path = join(folder, 'refused.parquet')
  writeFileSync(path, bytes)
  await assert.rejects(
    () => read(path),
    (error) => {
      assert.ok(error instanceof UserError, error instanceof Error ? error.stack : '')
      for (const word of [path, ...words]) assert.ok(error.message.includes(word), error.message)
      assert.ok(!error.message.includes('\n'))
      return true
    },
  )
}

const varint = (value: number): number[] =>
  value < 128 ? [value] : [(value % 128) + 128, ...varint(Math.floor(value / 128))]
const i32 = (value: number): number[] => [0x15, ...varint(2 * value)]

test('a bomb is refused by the sizes it declares and by those it has', async () => {
  const leaf = {
    index: 0,
    name: 'text',
    type: 'BYTE_ARRAY',
    length: 0,
    levels: 0,
    converted: 0,
    logical: null,
    scale: 0,
  } as const
  /** The first page of a column that holds one page. */
  const firstPage = (packed: Uint8Array, unpacked: number, count: number, codec: number) => {
    const header = [
      ...i32(0),
      ...i32(unpacked),
      ...i32(packed.length),
      0x2c,
      ...i32(count),
      ...i32(0),
      ...i32(3),
      ...i32(3),
      0,
      0,
    ]
    const bytes = Buffer.concat([Buffer.from(header), packed])
    const read = async (offset: number, length: number) => bytes.subarray(offset, offset + length)
    const chunk = { codec, values: count, start: 0, packed: bytes.length, unpacked }
    return columnPages(read, leaf, chunk, count).next()
  }
  const cells = Buffer.concat(new Array<Buffer>(10).fill(Buffer.from([1, 0, 0, 0, 0x61])))
  const page = await firstPage(cells, 50, 10, 0)
  assert.equal(page.done === true ? null : page.value.text(9), 'a')

  const zeros = gzipSync(Buffer.alloc(40 * 2 ** 20))
  await assert.rejects(firstPage(zeros, 40 * 2 ** 20, 10, 2), Excess)
  await assert.rejects(firstPage(zeros, 2 ** 28 + 1, 10, 2), Excess)
  // Declared small: unpacking ends there.
  await assert.rejects(firstPage(zeros, 1000, 10, 2), Damage)
  await assert.rejects(firstPage(cells, 50, 2 ** 25, 0), Excess)
  // More values than a page of this size can hold are not prepared for.
  await assert.rejects(firstPage(cells, 50, 2 ** 24, 0), Damage)

  const bytes = new Uint8Array(10)
  for (const codec of [0, 1, 2, 4, 6, 7])
    assert.throws(() => decompress(bytes, codec, 1000), Damage, `${codec}`)
  assert.throws(() => deltas(Uint8Array.from([0x80, 1, 4, 0xff, 0xff, 0xff, 0xff, 0x7f, 0]), 5), Excess)
  assert.throws(() => readStruct(Uint8Array.from([0x19, 0xf8, 0xff, 0xff, 0xff, 0xff, 7, 0]), 0), Damage)
  assert.throws(() => readStruct(new Uint8Array(100_000).fill(0x1c), 0), Damage)
  assert.throws(() => runs(Uint8Array.from([0, 1]), 1, 5), Damage)
  assert.deepEqual([...runs(Uint8Array.from([0xfe, 0xff, 0xff, 0xff, 15, 1]), 1, 5)], [1, 1, 1, 1, 1])

  // Rows that cost nothing: 500 rows said to be 2^30.
  const metadata = readMetadata(footerOf(readFileSync(fixture('snappy.parquet'))), 5874)
  assert.equal(metadata.groups.length, 3)
  const many = Buffer.from(
    parquetWriteBuffer({ columnData: [{ name: 'text', type: 'STRING', data: ['a'] }] }),
  )
  const footer = footerOf(many)
  // num_rows is 1 (i64, zigzag 2) in the file and in its row group.
  const rows = Buffer.from(
    footer.toString('latin1').replaceAll('\x16\x02', `\x16${String.fromCharCode(...varint(2 ** 31))}`),
    'latin1',
  )
  assert.throws(() => readMetadata(rows, many.length), Excess)
})

const footerOf = (file: Buffer): Buffer => file.subarray(-8 - file.readUInt32LE(file.length - 8), -8)

test('a damaged file is refused in a line', async () => {
  const whole = readFileSync(fixture('snappy.parquet'))
  for (const length of [6, 11, 100, whole.length - 1]) await refused(whole.subarray(0, length), 'complete')
  await refused(
    Buffer.concat([whole.subarray(0, -8), Buffer.from([255, 255, 255, 1]), Buffer.from('PAR1')]),
    'footer',
  )
  await refused(Buffer.concat([whole.subarray(0, -4), Buffer.from('PARE')]), 'encrypted')
})

test('mutated files are read or refused in a line', async () => {
  const path = join(folder, 'mutated.parquet')
  for (const name of ['types', 'delta', 'polars', 'gzip', 'lz4', 'snappy']) {
    const whole = readFileSync(fixture(`${name}.parquet`))
    // The footer is most of what is looked at: half of the changes fall there.
    const place = fc.oneof(
      fc.nat(whole.length - 1),
      fc.integer({ min: whole.length - 900, max: whole.length - 1 }),
    )
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(place, fc.oneof(fc.nat(255), fc.constantFrom(0, 127, 128, 255))), {
          minLength: 1,
          maxLength: 5,
        }),
        async (changes) => {
          const bytes = Buffer.from(whole)
          for (const [at, byte] of changes) bytes[at] = byte
          writeFileSync(path, bytes)
          try {
            await read(path)
          } catch (error) {
            assert.ok(error instanceof UserError, error instanceof Error ? error.stack : '')
            assert.ok(!error.message.includes('\n'))
          }
        },
      ),
      { seed: 9, numRuns: 30 },
    )
  }
})
