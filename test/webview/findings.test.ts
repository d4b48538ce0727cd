import assert from 'node:assert/strict'
import { test } from 'node:test'
import { findingsOf } from '../../webview/data/findings.ts'
import { namedFindings, namedSentences } from '../../webview/data/named-findings.ts'
import { namedLeaks, profileOf } from '../ui/scenes/data.ts'

test('near duplicates have a button where they would be divided, and a column of groups has one', () => {
  const mends = (asked: string) =>
    findingsOf(profileOf(['a', 'b'], true), asked).flatMap(({ mend, rows }) => (mend ? [{ mend, rows }] : []))
  assert.deepEqual(mends('keep'), [
    { mend: 'together', rows: [8, 202, 21, 22, 1_204_513] },
    { mend: { group: 'author' }, rows: [] },
  ])
  assert.deepEqual(mends('together'), [{ mend: { group: 'author' }, rows: [] }])
  assert.deepEqual(findingsOf(profileOf(['a', 'b'], false), 'keep'), [])
})

test('a profile without a look at near duplicates yet says nothing of them', () => {
  const { near: _, ...profile } = profileOf(['a', 'b'], true)
  assert.ok(findingsOf(profile, 'keep').every(({ mend }) => mend !== 'together'))
})

test('rows that named files share with training open in those files, with one button until they are left out', () => {
  const { leaks, isWhole } = namedLeaks
  const findings = namedFindings({ leaks, isWhole }, 'together')
  assert.deepEqual(
    findings.map(({ rows, named }) => ({
      part: named?.part,
      rows,
      lines: [...(named?.lines.values() ?? [])],
    })),
    [
      { part: 'valid', rows: [3], lines: [null] },
      { part: 'test', rows: [4, 8, 15, 16, 23, 42], lines: [5, 9, 16, 17, 24, 43] },
      { part: 'test', rows: [5, 9, 17, 104, 131_001, 131_060], lines: [6, 10, 18, 105, 131_002, 131_061] },
    ],
  )
  assert.deepEqual(
    findings.map(({ mend }) => mend),
    [undefined, undefined, 'drop'],
  )
  const left = namedFindings({ leaks, isWhole }, 'drop')
  assert.ok(left.length === 3 && left.every(({ mend }) => mend === undefined))
  assert.deepEqual(namedFindings({ leaks: null, isWhole }, 'together'), [])
  assert.equal(namedFindings({ leaks: [], isWhole: false }, 'together').length, 1)
  assert.equal(namedSentences({ leaks, isWhole }).length, 2)
})
