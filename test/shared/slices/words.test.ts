import assert from 'node:assert/strict'
import { test } from 'node:test'
import { scriptOf } from '../../../src/shared/slices/script.ts'
import { lengthOf, wordsOf } from '../../../src/shared/slices/words.ts'

test('words are in lower case and without marks; Chinese has pairs of characters', () => {
  assert.deepEqual(wordsOf("Don't  STOP, “now” 3x! don’t"), ["don't", 'stop', 'now', '3x', "don't"])
  assert.deepEqual(wordsOf('味道很好 ok 好'), ['味道', '道很', '很好', 'ok', '好'])
  assert.deepEqual(wordsOf("''' ... "), [])
  assert.deepEqual(
    [lengthOf("Don't stop."), lengthOf('味道很好 ok'), lengthOf('ภาษาไทย'), lengthOf('')],
    [2, 5, 7, 0],
  )
})

test('a script is that of most letters', () => {
  const texts: readonly (readonly [string, string])[] = [
    ['Hello 世界', 'Latn'],
    ['世界你好 ok', 'Hani'],
    ['東京へ行きます', 'Jpan'],
    ['안녕하세요', 'Kore'],
    ['Привет, мир', 'Cyrl'],
    ['مرحبا', 'Arab'],
    ['123 !?', 'Zyyy'],
  ]
  for (const [text, script] of texts) assert.equal(scriptOf(text), script, text)
})
