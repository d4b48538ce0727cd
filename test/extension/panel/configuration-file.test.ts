import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import * as v from 'valibot'
import {
  configurationPath,
  configurationText,
  readConfiguration,
} from '../../../src/extension/panel/configuration-file.ts'
import { SomeOptions } from '../../../src/shared/page.ts'
import { resolveOptions } from '../../../src/trainer/cli/options.ts'
import { optionsOf, typedOf, wrongOptions } from '../../../webview/configuration/typed-options.ts'

const folder = mkdtempSync(join(tmpdir(), 'finesse-configuration-'))
after(() => rmSync(folder, { recursive: true }))

const ROLES = { text: 'body', label: 'kind', text_pair: null, group: 'author', split_column: null }
const TYPED = {
  epochs: '3',
  lr: '1e-4',
  strategy: 'last:2',
  weight_decay: '0.01',
  batch: '',
  model: 'Xenova/x',
}

test('what a form holds is what the command line takes, and comes back into the form', () => {
  const options = optionsOf(TYPED, ROLES)
  const expected = {
    text: 'body',
    label: 'kind',
    group: 'author',
    model: 'Xenova/x',
    strategy: 'last:2',
    epochs: 3,
    lr: 1e-4,
  }
  assert.deepEqual(options, expected)
  assert.deepEqual(v.parse(SomeOptions, options), expected)
  const path = join(folder, 'reviews.finesse.json')
  writeFileSync(path, configurationText(options))
  const resolved = resolveOptions({ flags: new Map(), set: [], config: path })
  assert.equal(resolved.epochs, 3)
  assert.equal(resolved.group, 'author')
  assert.equal(resolved.batch, 'auto')
  const back = readConfiguration('reviews.finesse.json', configurationText(options))
  assert.deepEqual(back, { options: expected, problem: null })
  assert.deepEqual(optionsOf(typedOf(back.options), ROLES), expected)
})

test('a data file has its configuration beside it', () => {
  assert.equal(configurationPath(join('a', 'reviews.csv')), join('a', 'reviews.finesse.json'))
})

test('what a configuration file has wrong is named, and the rest is taken', () => {
  const { options, problem } = readConfiguration('x.finesse.json', '{"epochs": -1, "eppochs": 3, "batch": 8}')
  assert.deepEqual(options, { batch: 8 })
  assert.match(problem ?? '', /"epochs", "eppochs"/)
  for (const text of ['{', '[]', 'null', '3']) assert.ok(readConfiguration('x', text).problem)
})

test('a value that is not valid is named and never sent', () => {
  const typed = { ...TYPED, epochs: 'three', dropout: '1' }
  assert.deepEqual(wrongOptions(typed), ['epochs', 'dropout'])
  assert.equal('epochs' in optionsOf(typed, null), false)
})
