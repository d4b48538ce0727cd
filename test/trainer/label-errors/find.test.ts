import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite, test } from 'node:test'
import * as v from 'valibot'
import { createRandom } from '../../../src/data/random.ts'
import { UserError } from '../../../src/shared/error.ts'
import { Suspect, SuspectCounts } from '../../../src/shared/suspect.ts'
import { findLabelErrors } from '../../../src/trainer/label-errors/find.ts'

const WANTED = { text: null, label: null, pair: null }
const SUBJECTS = {
  food: ['soup', 'bread', 'dinner', 'cheese', 'salad', 'coffee'],
  travel: ['train', 'airport', 'ticket', 'hotel', 'luggage', 'flight'],
  money: ['loan', 'bank', 'interest', 'salary', 'invoice', 'tax'],
}
const FRAMES = ['a word about the', 'tell me of your', 'what did the', 'I would like the', 'nobody saw that']

/** Sentences of three subjects; in the rows of `wrong` (from 1) the label is that of the next subject. */
function rowsOf(wrong: readonly number[]): string[][] {
  const random = createRandom(3)
  const names = Object.keys(SUBJECTS)
  const words = Object.values(SUBJECTS)
  const pick = (list: readonly string[]): string => list[random.below(list.length)] ?? ''
  return Array.from({ length: 120 }, (_, i) => {
    const subject = i % 3
    const own = words[subject] ?? []
    const text = `${pick(FRAMES)} ${pick(own)} and the ${pick(own)}, number ${i}`
    const label = wrong.includes(i + 1) ? (subject + 1) % 3 : subject
    return [text, names[label] ?? '']
  })
}

const inFolder = async (
  work: (write: (name: string, rows: readonly string[][]) => string) => Promise<void>,
) => {
  const folder = mkdtempSync(join(tmpdir(), 'finesse-label-errors-'))
  try {
    await work((name, rows) => {
      const path = join(folder, name)
      writeFileSync(path, ['text,label', ...rows.map(([a, b]) => `"${a}",${b}`)].join('\n'))
      return path
    })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const find = (files: readonly string[], model: string) =>
  findLabelErrors(files, WANTED, model, () => undefined)

suite('label errors of a file', () => {
  const wrong = [4, 17, 33, 62, 95, 110]
  for (const model of ['embedded', 'ngram'])
    test(`${model}: the changed labels come first, with the labels they had`, () =>
      inFolder(async (write) => {
        const file = write('rows.csv', rowsOf(wrong))
        const right = rowsOf([])
        const shares: number[] = []
        const { counts, suspects } = await findLabelErrors([file], WANTED, model, ({ done, total }) =>
          shares.push(done / total),
        )
        assert.ok(shares.length > 5 && shares.every((share, i) => share >= (shares[i - 1] ?? 0)))
        assert.deepEqual([shares[0], shares.at(-1)], [0, 1])
        v.parse(SuspectCounts, counts)
        v.parse(v.array(Suspect), suspects)
        assert.equal(counts.rows, 120)
        assert.equal(counts.suspects, suspects.length)
        const first = suspects.slice(0, wrong.length)
        assert.deepEqual(
          first.map(({ row }) => row).sort((a, b) => a - b),
          wrong,
        )
        for (const suspect of first) {
          assert.equal(suspect.text, right[suspect.row - 1]?.[0])
          assert.equal(suspect.suggested, right[suspect.row - 1]?.[1])
          assert.ok(suspect.probability > suspect.given_probability)
          assert.equal(suspect.neighbours.length, 3)
          assert.ok(suspect.neighbours.every(({ row }) => row !== suspect.row))
        }
        const again = await find([file], model)
        assert.deepEqual(again.suspects, suspects)
      }))

  test('a row of several files knows its file', () =>
    inFolder(async (write) => {
      const rows = rowsOf(wrong)
      const files = [write('a.csv', rows.slice(0, 60)), write('b.csv', rows.slice(60))]
      const { suspects } = await find(files, 'ngram')
      const found = suspects.slice(0, wrong.length).map(({ file = 0, row }) => (file - 1) * 60 + row)
      assert.deepEqual(
        found.sort((a, b) => a - b),
        wrong,
      )
    }))

  test('a label of one text is not judged, and that is said', () =>
    inFolder(async (write) => {
      const file = write('rows.csv', [...rowsOf([]), ['something else altogether', 'rare']])
      const { suspects, notes } = await find([file], 'ngram')
      assert.ok(suspects.every(({ given }) => given !== 'rare'))
      assert.match(notes.join('\n'), /"rare"/)
    }))

  test('four rows are enough to answer', () =>
    inFolder(async (write) => {
      const file = write('few.csv', [
        ['good', 'x'],
        ['bad', 'y'],
        ['very good', 'x'],
        ['very bad', 'y'],
      ])
      for (const model of ['embedded', 'ngram']) assert.equal((await find([file], model)).counts.rows, 4)
    }))

  test('numbers are refused in one line', () =>
    inFolder(async (write) => {
      const file = write(
        'numbers.csv',
        rowsOf([]).map(([text = ''], i) => [text, String(i * 1.37)]),
      )
      await assert.rejects(find([file], 'ngram'), (error) => {
        assert.ok(error instanceof UserError)
        assert.match(error.message, /^\S+numbers\.csv: column "label" has numbers; [^\n]+$/)
        return true
      })
    }))
})
