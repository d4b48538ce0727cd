import assert from 'node:assert/strict'
import { test } from 'node:test'
import { findingsOf } from '../../webview/data/findings.ts'
import { profileOf } from '../ui/scenes/data.ts'

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
