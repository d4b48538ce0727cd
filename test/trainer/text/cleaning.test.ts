import assert from 'node:assert/strict'
import { test } from 'node:test'
import { chooseSteps } from '../../../src/data/clean/choose.ts'
import { normalizers } from '../../../src/data/clean/text.ts'
import { ALL_STEPS } from '../../../src/shared/clean-steps.ts'
import { withCleaning } from '../../../src/trainer/text/cleaning.ts'

const OWN: readonly unknown[] = [
  null,
  { type: 'Lowercase' },
  { type: 'Sequence', normalizers: [] },
  { type: 'Sequence', normalizers: [{ type: 'NFC' }, { type: 'Lowercase' }] },
]

test('cleaning stands before the own normalizer, and goes again by its steps', () => {
  for (const own of OWN)
    for (const asked of ['default', 'all', 'nfc', 'whitespace,html']) {
      const steps = chooseSteps(asked)
      const cleaned = withCleaning(own, [], steps)
      assert.deepEqual(cleaned, {
        type: 'Sequence',
        normalizers: [...normalizers(steps), ...(own === null ? [] : [own])],
      })
      assert.deepEqual(withCleaning(cleaned, steps, []), own)
      assert.deepEqual(withCleaning(cleaned, steps, ALL_STEPS), withCleaning(own, [], ALL_STEPS))
    }
})

test('without steps a normalizer is left as it is', () => {
  for (const own of OWN) assert.deepEqual(withCleaning(own, [], chooseSteps('missing_label,empty')), own)
})

test('normalizers that are not those steps are the own', () => {
  const own = { type: 'Sequence', normalizers: [{ type: 'NFC' }, { type: 'Lowercase' }] }
  assert.deepEqual(withCleaning(own, ['control'], []), own)
  assert.deepEqual(withCleaning({ type: 'NFC' }, ['nfc'], []), { type: 'NFC' })
  assert.deepEqual(withCleaning(own, ['a step of another version'], []), own)
})
