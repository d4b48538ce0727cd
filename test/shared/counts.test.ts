import assert from 'node:assert/strict'
import { test } from 'node:test'
import { rowCount } from '../../src/shared/counts.ts'
import { t } from '../../src/shared/l10n.ts'

test('counts have their thousands apart, other numbers and names are as they are', () => {
  const [done, all] = [3200, 10_003]
  assert.equal(t`${done} of ${all} rows`, '3,200 of 10,003 rows')
  assert.equal(rowCount(1_000_000), '1,000,000 rows')
  assert.equal(rowCount(1), '1 row')
  assert.equal(t`seed ${'10003'}`, 'seed 10003')
  assert.equal(t`loss ${1234.5678}`, 'loss 1234.5678')
})
