import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite, test } from 'node:test'
import * as v from 'valibot'
import { Suspect, SuspectCounts } from '../../../src/shared/suspect.ts'
import { finesse, needsBuild } from './cli.ts'

const folder = mkdtempSync(join(tmpdir(), 'finesse-label-errors-'))
const file = join(folder, 'rows.csv')
const words = ['red', 'blue', 'green', 'black', 'white']
const foods = ['soup', 'bread', 'cheese', 'salad', 'rice']
const rows = words.flatMap((word) =>
  foods.flatMap((food) => [
    `paint the ${word} wall near ${food},colour`,
    `eat the ${food} under ${word},food`,
  ]),
)
// Row 7 (counted from 1) is about colours.
rows[6] = rows[6]?.replace(/colour$/, 'food') ?? ''
writeFileSync(file, `text,label\n${rows.join('\n')}\n`)

const read = (text: string) => {
  const [counts = '', ...lines] = text.split('\n').filter((line) => line !== '')
  return {
    counts: v.parse(SuspectCounts, JSON.parse(counts)),
    suspects: lines.map((line) => v.parse(Suspect, JSON.parse(line))),
  }
}

suite('finesse label-errors', { skip: needsBuild }, () => {
  test('lines of JSON: the counts, then the suspects, the most doubtful first', () => {
    const { code, out, err } = finesse(['label-errors', file, '--model', 'ngram', '--json'])
    assert.equal(code, 0, err)
    const { counts, suspects } = read(out)
    assert.deepEqual([counts.rows, counts.suspects, counts.model], [50, suspects.length, 'ngram'])
    const [first] = suspects
    assert.deepEqual([first?.row, first?.given, first?.suggested], [7, 'food', 'colour'])
  })

  test('a table for a person, and all of them in a file', () => {
    const out = join(folder, 'suspects.jsonl')
    const called = finesse(['label-errors', file, '--model', 'ngram', '-o', out])
    assert.equal(called.code, 0, called.err)
    assert.match(called.out, /^row +given +suggested +probability +text$/m)
    assert.match(called.out, /^7 +food +colour +[01]\.\d\d +paint the red wall near salad$/m)
    assert.equal(read(readFileSync(out, 'utf8')).suspects[0]?.row, 7)
  })
})
