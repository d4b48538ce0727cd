import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Example } from '../../../src/data/examples.ts'
import { foldsOf } from '../../../src/data/folds.ts'
import { type LeakGuard, openGuard } from '../../../src/data/near/guard.ts'
import { type Split, split } from '../../../src/data/split.ts'
import { unitsOf } from '../../../src/data/units.ts'
import type { NearDuplicatesOption } from '../../../src/shared/config.ts'
import { edited, makeText, seeded } from './texts.ts'

const SHARES = [0.7, 0.15, 0.15] as const
const PARTS = ['train', 'valid', 'test'] as const
const labelOf = (row: number): string => (row % 3 === 0 ? 'a' : 'b')
const rowsOf = (texts: readonly string[]): Example[] =>
  texts.map((text, i) => ({ row: i + 1, text, label: labelOf(i) }))

const guardOf = (
  own: readonly Example[],
  asked: NearDuplicatesOption,
  named: Partial<Record<'valid' | 'test', readonly Example[]>> = {},
): Promise<LeakGuard> =>
  openGuard(
    own,
    { valid: named.valid ?? null, test: named.test ?? null },
    { asked, read: (example) => example, labels: true },
  )

/** Texts, some of which are there again with an edit. */
const mixture = (seed: number, copies: number): string[] => {
  const random = seeded(seed)
  const texts = Array.from({ length: 80 }, () =>
    makeText(random, random.below(2) === 0, 30 + random.below(60)),
  )
  for (let i = 0; i < copies; i++) texts.push(edited(random, texts[random.below(80)] ?? '', 1))
  return random.shuffle(texts)
}

const rows = (part: readonly Example[]): number[] => part.map(({ row }) => row)

const assertApart = (guard: LeakGuard, parts: Split): void => {
  for (const [known, held] of [
    [parts.train, parts.valid],
    [parts.train, parts.test],
    [parts.valid, parts.test],
  ] as const) {
    const { exact, near } = guard.leaks(known, held)
    assert.equal(exact.size + near.size, 0)
    const back = guard.leaks(held, known)
    assert.equal(back.exact.size + back.near.size, 0)
  }
}

test('no near duplicates stand in two parts, nor with groups or folds, and every row is in one part', async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(1e6), fc.nat(1000), fc.boolean(), async (seed, splitSeed, inGroups) => {
      const own = rowsOf(mixture(seed, 20)).map((example) =>
        inGroups && example.row % 2 === 0 ? { ...example, group: `g${example.row % 17}` } : example,
      )
      const guard = await guardOf(own, 'together')
      assert.equal(guard.tooMany, 0)
      const parts = split(guard.examples, { seed: splitSeed, shares: SHARES })
      assert.deepEqual(
        PARTS.flatMap((part) => rows(parts[part])).sort((a, b) => a - b),
        rows(own),
      )
      assertApart(guard, parts)
      if (inGroups)
        for (const group of new Set(own.flatMap((example) => example.group ?? [])))
          assert.equal(PARTS.filter((part) => parts[part].some((one) => one.group === group)).length, 1)
      const fold = foldsOf({ ...FILE, examples: guard.examples }, 4, splitSeed)
      for (const unit of unitsOf(guard.examples)) assert.equal(new Set(unit.map((i) => fold[i])).size, 1)
      const inFold = (wanted: boolean) => guard.examples.filter((_, i) => (fold[i] === 0) === wanted)
      assertApart(guard, { train: inFold(false), valid: [], test: inFold(true) })
    }),
    { seed: 11, numRuns: 25 },
  )
})

const FILE = {
  path: 'rows.csv',
  format: { kind: 'csv', delimiter: ',', header: true, bom: false, encoding: 'utf-8' },
  columns: { text: 'text', label: 'label' },
  rows: 0,
  emptyTexts: { count: 0, rows: [] },
  missingLabels: { count: 0, rows: [] },
  shortRows: { count: 0, rows: [] },
  longRows: { count: 0, rows: [] },
  strayQuotes: { count: 0, rows: [] },
} as const

test('a file without near duplicates is divided as ever, and with keep any file is', async () => {
  const texts = mixture(5, 0)
  const own = rowsOf([...texts, ...texts.slice(0, 9)])
  const guard = await guardOf(own, 'together')
  assert.equal(guard.together, 0)
  assert.equal(guard.examples, own)
  const alike = rowsOf(mixture(6, 20))
  const kept = await guardOf(alike, 'keep')
  assert.equal(kept.examples, alike)
  const parts = split(kept.examples, { seed: 3, shares: SHARES })
  const { near } = kept.leaks([...parts.train, ...parts.valid], parts.test)
  assert.ok(near.size > 0, 'near duplicates on both sides are told')
})

test('a group of nearly equal texts that is a tenth of a file or more is not held together, and told', async () => {
  const template = Array.from(
    { length: 60 },
    (_, i) => `an order of 3 bottles with the number ${i} was sent today`,
  )
  const own = rowsOf([...template, ...mixture(7, 4)])
  const guard = await guardOf(own, 'together')
  assert.equal(guard.tooMany, 60)
  assert.ok(guard.together > 0 && guard.together <= 8, String(guard.together))
})

test('leaks are told exact and near, and drop leaves these rows out of training alone', async () => {
  const random = seeded(9)
  const texts = Array.from({ length: 30 }, () => makeText(random, false, 60))
  const own = rowsOf(texts)
  const [first = '', second = '', third = ''] = texts
  const named: Example[] = [
    { row: 1, text: first, label: 'a' },
    { row: 2, text: `${second}!`, label: 'b' },
    { row: 3, text: third.toUpperCase(), label: 'b' },
    { row: 4, text: makeText(random, false, 60), label: 'a' },
  ]
  for (const asked of ['together', 'drop'] as const) {
    const guard = await guardOf(own, asked, { test: named })
    const { train, valid } = split(guard.examples, { seed: 1, shares: [0.9, 0.1, 0] })
    const known = [...train, ...valid]
    const { exact, near } = guard.leaks(known, named)
    assert.deepEqual(rows([...exact]), [1])
    assert.deepEqual(rows([...near]), [2, 3])
    const stays = guard.stay({ train, valid, test: named })
    assert.equal(stays.left, asked === 'drop' ? 3 : 0)
    const after = guard.leaks([...stays.train, ...stays.valid], named)
    assert.equal(after.exact.size + after.near.size, asked === 'drop' ? 0 : 3)
  }
})

test('drop keeps a row of every label, and takes nothing from a named validation file', async () => {
  const random = seeded(10)
  const [only, other, more] = [0, 1, 2].map(() => makeText(random, false, 60))
  const own = [
    { row: 1, text: only ?? '', label: 'rare' },
    { row: 2, text: other ?? '', label: 'b' },
    { row: 3, text: more ?? '', label: 'b' },
  ]
  const named = [
    { row: 1, text: only ?? '', label: 'rare' },
    { row: 2, text: other ?? '', label: 'b' },
  ]
  const guard = await guardOf(own, 'drop', { valid: named, test: named.map((row) => ({ ...row })) })
  const { train, valid, left } = guard.stay({ train: guard.examples, valid: named, test: [] })
  assert.deepEqual(rows(train), [1, 3])
  assert.deepEqual(valid, named)
  assert.equal(left, 1)
})

test('near duplicates of different labels are told in pairs', async () => {
  const text = makeText(seeded(12), true, 40)
  const own = [
    { row: 1, text, label: 'a' },
    { row: 2, text: `${text}。`, label: 'b' },
    { row: 3, text: `${text}！`, label: 'a' },
    { row: 4, text: 'something else that has nothing to do with it', label: 'b' },
  ]
  const { conflicts } = await guardOf(own, 'together')
  assert.deepEqual(
    conflicts.map(({ row, other }) => [row.row, other.row]),
    [
      [1, 2],
      [2, 1],
      [3, 2],
    ],
  )
})
