import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { createCsvParser } from '../../../src/data/csv.ts'
import { cellSpan, cellsOf } from '../../../src/extension/classify/csv-units.ts'

describe('cells of a column', () => {
  const text = 'id,text,label\r\n1,"good\r\nsoup, ""really""",a\r\n2,bad,b\r\n3,  ,a\r\n4, fine ,a\r\n'

  it('are found by name, with their places', () => {
    const { column, units } = cellsOf('file.csv', text, 'text')
    assert.equal(column, 'text')
    assert.deepEqual(
      units.map(({ text: cell }) => cell),
      ['good\r\nsoup, "really"', 'bad', ' fine '],
    )
    assert.deepEqual(
      units.map(({ start, end }) => text.slice(start, end)),
      ['"good\r\nsoup, ""really"""', 'bad', 'fine'],
    )
  })

  it('are those of the column of texts where none is named', () => {
    assert.equal(cellsOf('file.csv', text, null).column, 'text')
    assert.equal(cellsOf('file.tsv', 'n\twords\n1\ta few words here\n', null).column, 'words')
  })

  it('a column that is not there is named, with those that are', () => {
    assert.throws(() => cellsOf('file.csv', text, 'txt'), /no column "txt"; there are id, text, label/)
  })

  it('have the places that the parser means', () => {
    const cell = fc
      .array(fc.constantFrom('a', 'b c', ',', '"', '\n', '\r\n', ';', 'ü', '😀'), { maxLength: 6 })
      .map((parts) => parts.join(''))
    const written = fc.oneof(
      cell.map((value) => `"${value.replaceAll('"', '""')}"`),
      cell.map((value) => value.replaceAll(/[",\r\n]/g, '')),
    )
    const dialect = { delimiter: ',', carriageReturn: false }
    fc.assert(
      fc.property(
        fc.array(written, { minLength: 1, maxLength: 5 }),
        fc.nat(),
        fc.string(),
        (cells, n, before) => {
          const index = n % cells.length
          const record = `${cells.join(',')}\n`
          const parser = createCsvParser(dialect)
          const parsed = [...parser.push(record), ...parser.end().records][0]?.cells[index]
          const whole = before + record
          const { start, end } = cellSpan(whole, before.length, dialect, index)
          const raw = whole.slice(start, end)
          const value = raw.startsWith('"') ? raw.slice(1, -1).replaceAll('""', '"') : raw
          assert.equal(value, raw.startsWith('"') ? parsed : parsed?.trim())
        },
      ),
    )
  })
})
