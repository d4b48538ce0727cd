import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as v from 'valibot'
import { RunOptions } from '../../src/shared/config.ts'
import { confusedPairs } from '../../src/shared/confused-pairs.ts'
import type { ClassScores } from '../../src/shared/evaluation.ts'
import { nextTyped } from '../../webview/configuration/next-options.ts'
import { ticks } from '../../webview/parts/ticks.ts'
import { moved } from '../../webview/report/grid-keys.ts'
import { createReportStore } from '../../webview/report/report-store.ts'
import { nextOrder, sortClasses } from '../../webview/report/sort-classes.ts'

const scores = (label: string, f1: number, support: number): ClassScores => ({
  label,
  precision: f1,
  recall: f1,
  f1,
  support,
})

test('pairs are mistakes alone, the most frequent first, equal ones by their share', () => {
  const classes = [scores('a', 1, 10), scores('b', 1, 100), scores('c', 1, 20)]
  const confusion = [
    [7, 3, 0],
    [3, 97, 0],
    [1, 4, 15],
  ]
  assert.deepEqual(
    confusedPairs({ classes, confusion }, 3).map(({ label, predicted, rows }) => [label, predicted, rows]),
    [
      ['c', 'b', 4],
      ['a', 'b', 3],
      ['b', 'a', 3],
    ],
  )
  assert.deepEqual(confusedPairs({ classes, confusion: [[10]] }, 3), [])
})

test('a head sorts by the weakest first, then the other way, then as it was', () => {
  const classes = [scores('b', 0.5, 3), scores('a10', 0.9, 1), scores('a2', 0.1, 2)]
  const by = (order: Parameters<typeof sortClasses>[1]) =>
    sortClasses(classes, order).map(({ label }) => label)
  let order = nextOrder(null, 'f1')
  assert.deepEqual(by(order), ['a2', 'b', 'a10'])
  order = nextOrder(order, 'f1')
  assert.deepEqual(by(order), ['a10', 'b', 'a2'])
  order = nextOrder(order, 'f1')
  assert.deepEqual(by(order), ['b', 'a10', 'a2'])
  assert.deepEqual(by(nextOrder(null, 'support')), ['b', 'a2', 'a10'])
  assert.deepEqual(by(nextOrder(null, 'label')), ['a2', 'a10', 'b'])
})

test('keys walk a grid and stay in it', () => {
  assert.deepEqual(moved({ row: 0, column: 0 }, 'ArrowUp', false, 3), { row: 0, column: 0 })
  assert.deepEqual(moved({ row: 0, column: 0 }, 'ArrowRight', false, 3), { row: 0, column: 1 })
  assert.deepEqual(moved({ row: 1, column: 1 }, 'End', true, 3), { row: 2, column: 2 })
  assert.deepEqual(moved({ row: 1, column: 1 }, 'Home', false, 3), { row: 1, column: 0 })
  assert.equal(moved({ row: 1, column: 1 }, 'Tab', false, 3), null)
})

test('ticks are round and within the range', () => {
  assert.deepEqual(ticks(0.7, 5.4, 5), [1, 2, 3, 4, 5])
  assert.deepEqual(ticks(-0.3, 0.3, 5), [-0.2, 0, 0.2])
  assert.deepEqual(ticks(1, 1, 5), [])
})

test('rows of a cell are added to those before, and those of another cell take their place', () => {
  const store = createReportStore()
  const row = (n: number) => ({ row: n, file: null, text: '', label: 'a', predicted: 'b', probability: 1 })
  const cell = { type: 'cell-rows' as const, label: 'a', predicted: 'b', total: 3 }
  store.take({ ...cell, from: 0, rows: [row(1), row(2)] })
  store.take({ ...cell, from: 2, rows: [row(3)] })
  assert.deepEqual(
    store.cell()?.rows.map((one) => one.row),
    [1, 2, 3],
  )
  store.take({ ...cell, from: 0, rows: [row(1)] })
  assert.equal(store.cell()?.rows.length, 1)
  store.take({ ...cell, label: 'b', from: 0, total: 0, rows: [] })
  assert.equal(store.cell()?.rows.length, 0)
})

test('a finding is tried with the options of its run, those that it changes being others', () => {
  const asked = v.parse(RunOptions, { text: 'review', lr: 0.2, epochs: 3, folds: 5, fold: 2, patience: 30 })
  assert.deepEqual(nextTyped(asked, { change: { lr: 'auto', patience: 2, metric: 'log_loss' } }), {
    epochs: '3',
    metric: 'log_loss',
  })
})

test('rows of a slice are added to those that came, and another slice begins anew', () => {
  const store = createReportStore()
  const row = (number: number) => ({
    row: number,
    file: null,
    text: '',
    label: 'a',
    predicted: 'b',
    probability: 1,
  })
  const take = (value: string, from: number, rows: readonly number[]): void =>
    store.take({ type: 'slice-rows', kind: 'word', column: null, value, from, total: 3, rows: rows.map(row) })
  take('late', 0, [1, 2])
  take('late', 2, [3])
  assert.deepEqual(
    store.slice()?.rows.map(({ row: number }) => number),
    [1, 2, 3],
  )
  take('cold', 0, [4])
  assert.deepEqual([store.slice()?.value, store.slice()?.rows.length], ['cold', 1])
})
