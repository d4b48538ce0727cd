import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { checkDivision, type DivideOptions, divide } from '../../src/data/divide.ts'
import type { Example, Examples } from '../../src/data/examples.ts'
import { foldsOf } from '../../src/data/folds.ts'
import { continuedLabels, labelOrder } from '../../src/data/labels.ts'
import { textKey } from '../../src/data/model-text.ts'
import { together } from '../../src/data/several.ts'
import { partOf } from '../../src/data/split-column.ts'
import { unitsOf } from '../../src/data/units.ts'
import { UserError } from '../../src/shared/error.ts'

const PARTS = ['train', 'valid', 'test'] as const

const PLAIN: DivideOptions = {
  seed: 42,
  folds: null,
  fold: null,
  valid: null,
  test: null,
  split_column: null,
}

const dataOf = (examples: readonly Example[], path = 'rows.csv'): Examples => {
  const none = { count: 0, rows: [] }
  return {
    path,
    format: { kind: 'csv', delimiter: ',', header: true, bom: false, encoding: null },
    columns: { text: 'text', label: 'label' },
    rows: examples.length,
    examples,
    emptyTexts: none,
    missingLabels: none,
    shortRows: none,
    longRows: none,
    strayQuotes: none,
  }
}

/** Rows with few texts and few groups, so that these join each other in many ways; some rows without a group. */
const grouped = fc
  .tuple(fc.constantFrom(6, 40, 4000), fc.constantFrom(5, 30, 300))
  .chain(([texts, groups]) =>
    fc.array(
      fc.tuple(fc.nat(texts), fc.option(fc.nat(groups), { freq: 5 }), fc.nat(3), fc.option(fc.nat(3))),
      { minLength: 12, maxLength: 250, size: 'max' },
    ),
  )
  .map((rows) =>
    rows.map(
      ([text, group, label, pair], i): Example => ({
        row: i + 1,
        text: `t${text}`,
        label: `l${label}`,
        ...(pair === null ? {} : { pair: `p${pair}` }),
        ...(group === null ? {} : { group: `g${group}` }),
      }),
    ),
  )

/** What must stay together, found by spreading from row to row until nothing changes. */
function joinedRows(examples: readonly Example[]): number[] {
  const unit = examples.map((_, i) => i)
  for (let changed = true; changed; ) {
    changed = false
    for (const key of [textKey, (e: Example) => e.group]) {
      const least = new Map<string, number>()
      for (const [i, example] of examples.entries()) {
        const k = key(example)
        if (k !== undefined) least.set(k, Math.min(least.get(k) ?? i, unit[i] ?? 0))
      }
      for (const [i, example] of examples.entries()) {
        const k = key(example)
        const to = k === undefined ? undefined : least.get(k)
        if (to === undefined || to === unit[i]) continue
        unit[i] = to
        changed = true
      }
    }
  }
  return unit
}

test('units are what equal texts and groups join, each row in one', () => {
  fc.assert(
    fc.property(grouped, (examples) => {
      const units = unitsOf(examples)
      const expected = joinedRows(examples)
      const found = new Array<number>(examples.length).fill(-1)
      for (const rows of units) for (const i of rows) found[i] = Math.min(...rows)
      assert.deepEqual(found, expected)
    }),
    { seed: 11, numRuns: 200 },
  )
})

test('no group and no text stands in two parts; no row is lost; the same each time; no part is empty', () => {
  fc.assert(
    fc.property(grouped, fc.nat(), (examples, seed) => {
      const units = unitsOf(examples)
      fc.pre(units.length >= 8)
      const options = { ...PLAIN, seed }
      const parts = divide(dataOf(examples), options)
      const rows = PARTS.flatMap((name) => parts[name].map(({ row }) => row))
      assert.deepEqual(
        rows.sort((a, b) => a - b),
        examples.map(({ row }) => row),
      )
      const partOfRow = new Map(PARTS.flatMap((name) => parts[name].map(({ row }) => [row, name] as const)))
      for (const unit of units) assert.equal(new Set(unit.map((i) => partOfRow.get(i + 1))).size, 1)
      for (const name of PARTS) assert.ok(parts[name].length > 0, `${name} is empty`)
      assert.deepEqual(divide(dataOf(examples), options), parts)
    }),
    { seed: 12, numRuns: 200 },
  )
})

test('groups of many labels: each label has its share nearly', () => {
  fc.assert(
    fc.property(fc.nat(), fc.integer({ min: 40, max: 120 }), (seed, groups) => {
      const examples: Example[] = []
      for (let g = 0; g < groups; g++)
        for (let i = 0; i < 3 + ((g * 7 + seed) % 9); i++)
          examples.push({
            row: examples.length + 1,
            text: `t${examples.length}`,
            label: `l${(g + i * i) % 3}`,
            group: `g${g}`,
          })
      const parts = divide(dataOf(examples), { ...PLAIN, seed })
      for (const [name, share] of [
        ['train', 0.7],
        ['valid', 0.15],
        ['test', 0.15],
      ] as const)
        for (const label of ['l0', 'l1', 'l2']) {
          const all = examples.filter((e) => e.label === label).length
          const got = parts[name].filter((e) => e.label === label).length
          assert.ok(Math.abs(got - share * all) <= 6, `${label} in ${name}: ${got}, wanted ${share * all}`)
        }
    }),
    { seed: 13, numRuns: 60 },
  )
})

test('folds: every row is tested once, units stay together, labels are spread evenly', () => {
  fc.assert(
    fc.property(grouped, fc.nat(), fc.integer({ min: 2, max: 6 }), (examples, seed, folds) => {
      const units = unitsOf(examples)
      fc.pre(units.length >= 2 * folds)
      const data = dataOf(examples)
      const fold = foldsOf(data, folds, seed)
      for (const unit of units) assert.equal(new Set(unit.map((i) => fold[i])).size, 1)
      // One unit alone can not be divided into rows to train on and rows to validate.
      fc.pre(
        Array.from({ length: folds }, (_, k) => k).every(
          (k) => units.filter((u) => fold[u[0] ?? 0] !== k).length > 1,
        ),
      )
      const tested: number[] = []
      for (let k = 1; k <= folds; k++) {
        const parts = divide(data, { ...PLAIN, seed, folds, fold: k })
        tested.push(...parts.test.map(({ row }) => row))
        assert.equal(parts.train.length + parts.valid.length + parts.test.length, examples.length)
        for (const { row } of parts.test) assert.equal(fold[row - 1], k - 1)
      }
      assert.deepEqual(
        tested.sort((a, b) => a - b),
        examples.map(({ row }) => row),
      )
    }),
    { seed: 14, numRuns: 100 },
  )
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 2, maxLength: 8 }),
      fc.integer({ min: 2, max: 7 }),
      fc.nat(),
      (counts, folds, seed) => {
        fc.pre(counts.reduce((a, b) => a + b) >= folds)
        const examples = counts.flatMap((count, l) =>
          Array.from({ length: count }, (_, i): Example => ({ row: 0, text: `${l} ${i}`, label: `l${l}` })),
        )
        const fold = foldsOf(dataOf(examples), folds, seed)
        for (const [l, count] of counts.entries())
          for (let k = 0; k < folds; k++) {
            const got = examples.filter((e, i) => e.label === `l${l}` && fold[i] === k).length
            assert.ok(Math.abs(got - count / folds) < 2, `l${l} fold ${k}: ${got} of ${count}`)
          }
        const sizes = Array.from({ length: folds }, (_, k) => fold.filter((f) => f === k).length)
        assert.ok(Math.max(...sizes) - Math.min(...sizes) <= 2, `folds of ${sizes.join(', ')}`)
      },
    ),
    { seed: 15, numRuns: 200 },
  )
})

test('too few texts for the folds are refused', () => {
  const examples = [1, 2, 3].map((row): Example => ({ row, text: 'same', label: 'a', group: `${row}` }))
  assert.throws(
    () => foldsOf(dataOf(examples), 2, 1),
    /rows\.csv: 1 different texts or groups are too few for 2/,
  )
})

const reviews = (count: number, more: (i: number) => Partial<Example>): Example[] =>
  Array.from({ length: count }, (_, i) => ({
    row: i + 1,
    text: `text ${i}`,
    label: i % 2 ? 'bad' : 'good',
    ...more(i),
  }))

test('a split column is followed; what it lacks is split off the training rows', () => {
  const column = (names: readonly ('train' | 'valid' | 'test')[]) => {
    const examples = reviews(60, (i) => {
      const part = names[Math.floor(i / 2) % names.length]
      return part === undefined ? {} : { part }
    })
    return { examples, parts: divide(dataOf(examples), { ...PLAIN, split_column: 'split' }) }
  }
  const all = column(['train', 'train', 'valid', 'test', 'train'])
  for (const name of PARTS)
    assert.deepEqual(
      all.parts[name],
      all.examples.filter(({ part }) => part === name),
    )
  assert.deepEqual(all.parts.warnings, [])
  const some = column(['train', 'test', 'train'])
  assert.deepEqual(
    some.parts.test,
    some.examples.filter(({ part }) => part === 'test'),
  )
  assert.equal(some.parts.valid.length, 4)
  assert.throws(() => column(['test', 'valid']), UserError)
})

test('a label that only the test part of a split column has is refused, a group in two parts is told', () => {
  const examples = reviews(40, (i) => ({
    part: i < 20 ? 'train' : i < 30 ? 'valid' : 'test',
    group: `g${i % 3}`,
  }))
  const options = { ...PLAIN, split_column: 'split' }
  assert.match(divide(dataOf(examples), options).warnings.join(), /20 rows outside training of a group/)
  const odd = examples.map((e) => (e.row === 35 ? { ...e, label: 'odd' } : e))
  assert.throws(
    () => divide(dataOf(odd), options),
    /row 35: the test part has labels that the training rows lack/,
  )
})

test('parts are named in English and Chinese, in any case', () => {
  const named = {
    train: ['train', ' Training ', 'TRAIN', '训练', '训练集'],
    valid: ['valid', 'validation', 'Val', 'dev', '验证集', '开发集'],
    test: ['test', 'Testing', '测试', '測試集'],
  } as const
  for (const part of PARTS) for (const cell of named[part]) assert.equal(partOf(cell), part)
  for (const cell of ['', 'unused', 'tests', '0']) assert.equal(partOf(cell), null)
})

test('wishes that contradict each other are refused', () => {
  const refused: [Partial<DivideOptions>, RegExp][] = [
    [{ split_column: 's', test: 'test.csv' }, /column of the split .* leave out the files/],
    [{ fold: 1 }, /of how many folds too/],
    [{ folds: 5, test: 'test.csv' }, /leave out the test file/],
    [{ folds: 5, split_column: 's' }, /leave out the column of the split/],
    [{ folds: 5, fold: 6 }, /Fold 6 is more than the 5 folds/],
  ]
  for (const [wish, message] of refused)
    assert.throws(() => checkDivision({ ...PLAIN, ...wish }), { name: 'UserError', kind: 'usage', message })
  for (const fine of [{}, { folds: 5 }, { folds: 5, fold: 5, valid: 'v.csv' }])
    checkDivision({ ...PLAIN, ...fine })
})

test('labels of too few rows are named with their count', () => {
  const examples = [...reviews(40, () => ({})), { row: 41, text: 'one', label: 'rare' }]
  assert.deepEqual(divide(dataOf(examples), PLAIN).warnings, [
    'Too few rows to be in every part of the split: "rare" (1 row). Their scores say little.',
  ])
  assert.deepEqual(divide(dataOf(examples), { ...PLAIN, folds: 3, fold: 2 }).warnings, [
    'Too few rows to be in every one of 3 folds: "rare" (1 row). Their scores say little.',
  ])
})

test('a model that goes on from another keeps its numbers of labels', () => {
  assert.deepEqual(continuedLabels(['a', 'b', 'c'], []), ['a', 'b', 'c'])
  assert.deepEqual(continuedLabels(['a', 'b', 'c'], ['c', 'a']), ['c', 'a', 'b'])
  assert.deepEqual(continuedLabels(['a', 'b'], ['b', 'x']), ['a', 'b'])
  fc.assert(
    fc.property(fc.uniqueArray(fc.string(), { minLength: 2 }), fc.nat(), (labels, cut) => {
      const earlier = labels.slice(0, 1 + (cut % labels.length))
      const own = labelOrder(labels)
      const kept = continuedLabels(own, earlier)
      assert.deepEqual(kept.slice(0, earlier.length), earlier)
      assert.deepEqual([...kept].sort(), [...own].sort())
    }),
    { seed: 16 },
  )
})

test('several files are one: rows know their file, texts of both stay together', () => {
  const [a, b] = [
    dataOf(
      reviews(3, () => ({})),
      'a.csv',
    ),
    dataOf(
      reviews(3, () => ({})),
      'b.csv',
    ),
  ]
  assert.equal(together([a]), a)
  const both = together([a, b])
  assert.equal(both.path, 'a.csv and 1 more file')
  assert.deepEqual(
    both.examples.map(({ file, row }) => [file, row]),
    [
      [1, 1],
      [1, 2],
      [1, 3],
      [2, 1],
      [2, 2],
      [2, 3],
    ],
  )
  assert.equal(unitsOf(both.examples).length, 3)
})
