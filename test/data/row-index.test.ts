import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { createRandom } from '../../src/data/random.ts'
import { createRowIndex } from '../../src/data/row-index.ts'
import { openTable, type Row } from '../../src/data/table.ts'
import { encode } from './encode.ts'

const folder = mkdtempSync(join(tmpdir(), 'finesse-row-index-'))
after(() => rmSync(folder, { recursive: true }))

const BREAKS = ['\n', '\r\n', '\r', 'mixed'] as const
const { below } = createRandom(7, 'row-index-test')
const pick = <T>(from: readonly [T, ...T[]]): T => from[below(from.length)] ?? from[0]
const WORDS = [
  'plain',
  'comma, inside',
  'quote "x"',
  'two\nlines',
  'two\r\nlines',
  'old\rmac',
  'é中😀',
  '',
] as const

function csv(lineBreak: (typeof BREAKS)[number], rows: number): string {
  const end = () => (lineBreak === 'mixed' ? pick(['\n', '\r\n'] as const) : lineBreak)
  let text = `text,label${end()}`
  for (let i = 0; i < rows; i++) {
    if (below(50) === 0) text += end()
    text += `"${i} ${pick(WORDS).replaceAll('"', '""')}",${pick(['a', 'b'] as const)}${end()}`
  }
  return text
}

const jsonl = (lineBreak: (typeof BREAKS)[number], rows: number): string =>
  Array.from({ length: rows }, (_, i) => JSON.stringify({ text: `${i} ${pick(WORDS)}`, label: 'a' })).join(
    lineBreak === '\r\n' ? '\r\n' : '\n\n',
  )

async function holds(path: string): Promise<void> {
  const table = await openTable(path)
  const index = await createRowIndex(table)
  const rows: Row[] = []
  for await (const row of table.rows()) {
    await index.add(row)
    rows.push(row)
  }
  assert.equal(index.rows, rows.length)
  assert.ok(table.rowsFrom)
  for (const wanted of [1, 2, 255, 256, 257, 513, 700, rows.length]) {
    const place = index.before(wanted)
    assert.ok(place.row <= wanted && wanted - place.row < 256)
    const found: Row[] = []
    for await (const row of table.rowsFrom(place)) {
      if (row.row >= wanted) found.push(row)
      if (found.length === 5) break
    }
    assert.deepEqual(found, rows.slice(wanted - 1, wanted + 4), `${path} row ${wanted}`)
  }
  await index.close()
}

for (const lineBreak of BREAKS)
  for (const encoding of ['utf-8', 'utf-16le', 'utf-16be', 'gb18030'] as const)
    test(`any row is found again: ${JSON.stringify(lineBreak)}, ${encoding}`, async () => {
      const name = `${BREAKS.indexOf(lineBreak)}-${encoding}`
      const path = join(folder, `${name}.csv`)
      writeFileSync(path, encode(csv(lineBreak, 1000).replaceAll('😀', ''), encoding))
      await holds(path)
      if (encoding !== 'utf-8') return
      const lines = join(folder, `${name}.jsonl`)
      writeFileSync(lines, jsonl(lineBreak, 1000))
      await holds(lines)
    })

test('a table opened by its beginning is the one opened by all of it', async () => {
  const path = join(folder, 'late.csv')
  writeFileSync(path, `text,label\n${'plain,a\n'.repeat(400_000)}é,b\n`)
  const [quick, whole] = [await openTable(path, { encodingBytes: 1_000_000 }), await openTable(path)]
  assert.deepEqual(quick.format, whole.format)
})
