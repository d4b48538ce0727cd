import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { decided, undone } from '../../../src/extension/labelling/session.ts'
import { type LabellingSession, labelledCount, openItem } from '../../../src/shared/labelling.ts'

const fresh: LabellingSession = {
  source: 'texts.csv',
  run: null,
  target: { path: 'rows.csv', text: 'text', label: 'label', split: null },
  labels: ['a'],
  items: Array.from({ length: 6 }, (_, i) => ({
    row: i + 1,
    text: `${i}`,
    label: null,
    probability: null,
    decision: { is: 'open' as const },
  })),
  order: [],
  before: 2,
}
const appended = { start: 0, bytes: 1, sha256: '' }

test('undoing all gives back what was there, but for labels that were new', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom('a', 'b', 'skip', 'undo'), { maxLength: 30 }), (asked) => {
      let session = fresh
      for (const one of asked) {
        const at = openItem(session)
        const before = session
        if (one === 'undo') session = undone(session)
        else if (one === 'skip') session = decided(session, at, { is: 'skipped' })
        else session = decided(session, at, { is: 'labelled', label: one, appended })
        const done = session.items.filter(({ decision }) => decision.is !== 'open').length
        assert.equal(session.order.length, done)
        assert.equal(new Set(session.order).size, done)
        if (one === 'undo' || at < 0) continue
        assert.deepEqual({ ...undone(session), labels: [] }, { ...before, labels: [] })
      }
      while (session.order.length > 0) session = undone(session)
      assert.deepEqual({ ...session, labels: [] }, { ...fresh, labels: [] })
      assert.equal(labelledCount(session), 2)
    }),
    { seed: 5, numRuns: 200 },
  )
})

test('a message that comes twice decides once', () => {
  const once = decided(fresh, 0, { is: 'labelled', label: 'new', appended })
  assert.deepEqual(once.labels, ['a', 'new'])
  assert.equal(decided(once, 0, { is: 'skipped' }), once)
})
