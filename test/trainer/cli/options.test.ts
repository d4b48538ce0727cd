import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import * as v from 'valibot'
import { aboutOption, defaultOf, OPTION_NAMES, RunOptions } from '../../../src/shared/config.ts'
import { UserError } from '../../../src/shared/error.ts'
import { parseArguments } from '../../../src/trainer/cli/arguments.ts'
import { train } from '../../../src/trainer/cli/commands/train.ts'
import { namesByGroup, resolveOptions } from '../../../src/trainer/cli/options.ts'
import { temporaryFolder } from '../../run/sample.ts'

function options(words: readonly string[]): RunOptions {
  const { values, many } = parseArguments('train', train, ['FILE', ...words])
  return resolveOptions({ flags: values, set: many.get('set') ?? [], config: values.get('config') ?? null })
}

const usage =
  (...parts: string[]) =>
  (error: unknown): boolean => {
    assert.ok(error instanceof UserError && error.kind === 'usage', String(error))
    for (const part of parts) assert.ok(error.message.includes(part), `${error.message} lacks ${part}`)
    return !error.message.includes('\n')
  }

const defaults = v.parse(RunOptions, {})

test('every option is described in plain words, in one group, and its default is a value that it takes', () => {
  assert.deepEqual([...OPTION_NAMES].sort(), Object.keys(RunOptions.entries).sort())
  assert.deepEqual([...namesByGroup().values()].flat().sort(), [...OPTION_NAMES].sort())
  for (const name of OPTION_NAMES) {
    const { short, meaning, reason, allowed } = aboutOption(name)
    assert.ok(short.length <= 64 && !short.endsWith('.'), `${name}: ${short}`)
    for (const sentence of [meaning, reason])
      assert.match(sentence, /^[A-Z\d].*[^.]\.$/, `${name}: ${sentence}`)
    assert.doesNotMatch(meaning, /\. /, `${name}: the meaning is one sentence`)
    assert.doesNotMatch(`${short}${meaning}${reason}${allowed}`, /[!\n]/, name)
    assert.ok(v.is(RunOptions.entries[name], defaultOf(name)), name)
  }
})

test('flags count more than --set, --set more than the file, the file more than the defaults', (t) => {
  const config = join(temporaryFolder(t), 'config.json')
  writeFileSync(config, '{"epochs": 1, "batch": 2, "max-length": 3, "metric": "log_loss", "lr": 1e-3}')
  assert.deepEqual(options([]), defaults)
  assert.deepEqual(options(['--batch=4', '--set', 'epochs=5', '--set', 'batch=6', '--config', config]), {
    ...defaults,
    epochs: 5,
    batch: 4,
    max_length: 3,
    metric: 'log_loss',
    lr: 1e-3,
  })
})

test('hyphens and underscores are the same, in flags, in --set', () => {
  for (const words of [
    ['--max-length', '7'],
    ['--max_length=7'],
    ['--set', 'max-length=7'],
    ['--set=max_length=7'],
  ])
    assert.deepEqual(options(words), { ...defaults, max_length: 7 })
})

test('values are what the option takes: a column may be called 5, a rate may be written 1e-4', () => {
  assert.deepEqual(
    options(['--text', '5', '--label', 'a=b', '--lr', '1e-4', '--set', 'label=c=d', '--epochs', 'auto']),
    {
      ...defaults,
      text: '5',
      label: 'a=b',
      lr: 1e-4,
    },
  )
  assert.equal(options(['--strategy', 'last:3']).strategy, 'last:3')
})

test('a wrong value names the option and what it may be', (t) => {
  assert.throws(() => options(['--epochs', 'ten']), usage('--epochs ten', 'whole number'))
  assert.throws(() => options(['--epochs', '2.5']), usage('--epochs 2.5', 'whole number'))
  assert.throws(() => options(['--epochs', '']), usage('--epochs ""', 'whole number'))
  assert.throws(() => options(['--lr', '-1']), usage('--lr -1', 'above 0'))
  assert.throws(() => options(['--strategy', 'last']), usage('--strategy last', 'last:N'))
  assert.throws(() => options(['--device', 'gpu']), usage('--device gpu', 'webgpu'))
  assert.throws(() => options(['--set', 'seed=x']), usage('--set seed x', '0 or more'))
  assert.throws(() => options(['--set', 'seed']), usage('key=value'))
  const config = join(temporaryFolder(t), 'config.json')
  writeFileSync(config, '{"epochs": "3"}')
  assert.throws(() => options(['--config', config]), usage(`${config}: epochs "3"`, 'whole number'))
  for (const content of ['{', '[]', '7', 'null']) {
    writeFileSync(config, content)
    assert.throws(() => options(['--config', config]), UserError)
  }
  assert.throws(() => options(['--config', `${config}.none`]), UserError)
})

test('an unknown option suggests the nearest', (t) => {
  assert.throws(() => options(['--epoch', '3']), usage('--epoch', 'did you mean --epochs?'))
  assert.throws(() => options(['--max_lenght=3']), usage('did you mean --max-length?'))
  assert.throws(() => options(['--set', 'weight-decya=1']), usage('did you mean weight_decay?'))
  assert.throws(() => options(['-e', '3']), usage('-e'))
  assert.throws(() => options(['--constructor', '3']), usage('--constructor'))
  assert.throws(() => options(['--set', 'toString=3']), usage('toString'))
  const config = join(temporaryFolder(t), 'config.json')
  writeFileSync(config, '{"stratgy": "full"}')
  assert.throws(() => options(['--config', config]), usage(config, 'did you mean strategy?'))
})

test('words that cannot be meant are refused', () => {
  assert.throws(() => options(['--text', '--label', 'x']), usage('--text', 'missing'))
  assert.throws(() => options(['--text']), usage('--text', 'missing'))
  assert.throws(() => options(['--seed', '1', '--seed', '2']), usage('--seed', 'twice'))
  assert.throws(() => options(['--json=yes']), usage('--json', 'no value'))
  assert.throws(() => parseArguments('train', train, []), usage('FILE is missing'))
  assert.deepEqual(parseArguments('train', train, ['--', '--odd']).words, ['--odd'])
  assert.ok(parseArguments('train', train, ['-h']).flags.has('help'))
  assert.deepEqual(
    parseArguments('predict', { required: ['RUN'], optional: ['FILE'], options: {} }, ['a', '-']).words,
    ['a', '-'],
  )
})
