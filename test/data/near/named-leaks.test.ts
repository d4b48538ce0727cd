import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Example } from '../../../src/data/examples.ts'
import { openGuard } from '../../../src/data/near/guard.ts'
import { inTurns } from '../../../src/data/near/in-turns.ts'
import { findNamedLeaks } from '../../../src/data/near/named-leaks.ts'
import { edited, makeText, seeded } from './texts.ts'

const rowsOf = (texts: readonly string[]): Example[] =>
  texts.map((text, i) => ({ row: i + 1, text, label: 'ab'[i % 2] ?? '' }))

test('what named files share with training is what a run that trains on all its rows says of them', async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(1e6), fc.nat(12), fc.nat(12), async (seed, equal, alike) => {
      const random = seeded(seed)
      const made = (count: number): string[] =>
        Array.from({ length: count }, () => makeText(random, random.below(2) === 0, 40 + random.below(60)))
      const own = made(30)
      const held = (count: number): string[] =>
        random.shuffle([
          ...made(count),
          ...Array.from({ length: equal }, () => own[random.below(30)] ?? ''),
          ...Array.from({ length: alike }, () => edited(random, own[random.below(30)] ?? '', 1)),
        ])
      const validTexts = held(5)
      const [train, valid, tested] = [
        rowsOf(own),
        rowsOf(validTexts),
        rowsOf([...held(7), ...validTexts.slice(0, 2)]),
      ]
      const found = await inTurns(findNamedLeaks(train, valid, tested))
      const guard = await openGuard(
        train,
        { valid, test: tested },
        { asked: 'keep', read: (example) => example, labels: true },
      )
      const rows = (
        part: readonly Example[],
        leaked: { exact: readonly number[]; near: readonly number[] },
      ) => ({
        exact: new Set(leaked.exact.map((place) => part[place])),
        near: new Set(leaked.near.map((place) => part[place])),
      })
      assert.deepEqual(rows(valid, found.valid), guard.leaks(train, valid))
      assert.deepEqual(rows(tested, found.test), guard.leaks([...train, ...valid], tested))
      // Of the test at least the rows that were put in from the validation file and from training.
      assert.ok(found.test.exact.length >= equal + 2)
      assert.ok(found.valid.exact.length >= equal)
    }),
    { numRuns: 15 },
  )
})

test('without a named file nothing is compared', async () => {
  const found = await inTurns(findNamedLeaks(rowsOf(['a text', 'a text']), [], []))
  assert.deepEqual(found, { valid: { exact: [], near: [] }, test: { exact: [], near: [] } })
})
