import assert from 'node:assert/strict'
import { test } from 'node:test'
import { WAY_WORDS } from '../../src/shared/augmentation.ts'
import { CLEAN_WORDS } from '../../src/shared/clean-steps.ts'
import { chosenNames, textOfNames, type WordList } from '../../src/shared/word-list.ts'

test('words are read from left to right, and names keep their order', () => {
  const list = { names: ['a_b', 'c', 'd'], all: ['a_b', 'c'], usual: ['c'] } as const
  assert.deepEqual(chosenNames(list, 'd, A-b'), ['a_b', 'd'])
  assert.deepEqual(chosenNames(list, 'all,no-a-b'), ['c'])
  assert.deepEqual(chosenNames(list, 'd,none,default'), ['c'])
  assert.deepEqual(chosenNames(list, 'no-c,c'), ['c'])
  assert.deepEqual(chosenNames(list, 'c,x y'), { unknown: 'x y' })
  assert.deepEqual(chosenNames({ ...list, usual: null }, 'default'), { unknown: 'default' })
})

test('every choice has a text that asks for it; the default one is its own word', () => {
  const lists: readonly WordList[] = [CLEAN_WORDS, WAY_WORDS]
  for (const list of lists)
    for (let bits = 0; bits < 2 ** list.names.length; bits++) {
      const chosen = list.names.filter((_, i) => bits & (1 << i))
      assert.deepEqual(chosenNames(list, textOfNames(list, chosen)), chosen)
    }
  assert.equal(textOfNames(CLEAN_WORDS, CLEAN_WORDS.usual ?? []), 'default')
  assert.equal(textOfNames(WAY_WORDS, []), 'none')
})
