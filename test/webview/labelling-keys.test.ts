import assert from 'node:assert/strict'
import { test } from 'node:test'
import { filtered, type Key, requestOf } from '../../webview/labelling/keys.ts'

const press = (key: string, more: Partial<Key> = {}) => ({
  key,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  repeat: false,
  ...more,
})

test('digits choose the labels that are shown, letters skip and undo', () => {
  const shown = ['a', 'b']
  assert.deepEqual(requestOf(press('2'), shown, false), { label: 'b' })
  assert.equal(requestOf(press('3'), shown, false), null)
  assert.equal(requestOf(press('0'), shown, false), null)
  assert.equal(requestOf(press('s'), shown, false), 'skip')
  assert.equal(requestOf(press('u'), shown, false), 'undo')
  assert.equal(requestOf(press('/'), shown, false), 'filter')
})

test('what is typed, held down or meant for the editor labels nothing', () => {
  assert.equal(requestOf(press('1'), ['a'], true), null)
  assert.equal(requestOf(press('1', { repeat: true }), ['a'], false), null)
  for (const key of ['ctrlKey', 'metaKey', 'altKey'])
    assert.equal(requestOf(press('1', { [key]: true }), ['a'], false), null)
})

test('labels that begin with what was typed come before those that hold it', () => {
  assert.deepEqual(filtered(['not_card', 'Card_arrival', 'refund'], ' card'), ['Card_arrival', 'not_card'])
  assert.deepEqual(filtered(['b', 'a'], ' '), ['b', 'a'])
})
