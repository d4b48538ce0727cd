import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { temporaryFolder } from '../../run/sample.ts'
import { needsShared } from '../../shared.ts'
import { STORIES, sampleRows, trained } from '../training/small-run.ts'
import { cli, finesse, needsBuild } from './cli.ts'
import { everything, refusesOnce as refuses } from './refuses.ts'

const skip = needsBuild || needsShared

/** A folder with rows that could be trained on. */
function prepared(t: TestContext): string {
  const folder = temporaryFolder(t)
  writeFileSync(join(folder, 'data.csv'), sampleRows(60))
  writeFileSync(join(folder, 'mine.txt'), 'kept')
  return folder
}

test('option values that do not fit the model or the data', { skip }, (t) => {
  const folder = prepared(t)
  const train = ['train', 'data.csv', '--model', STORIES]
  for (const [words, ...parts] of [
    ['--strategy last:99', 'strategy last:99', 'stories260K', '5'],
    ['--strategy half', '--strategy half', 'last:N'],
    ['--lr 0', '--lr 0', 'above 0'],
    ['--lr fast', '--lr fast', 'number'],
    ['--batch 1.5', '--batch 1.5', 'whole number'],
    ['--device gpu', '--device gpu', 'cpu', 'webgpu'],
    ['--pooling max', '--pooling max', 'mean'],
    ['--max-length 513', 'maximum length of 513', '512'],
    ['--epochs 0', '--epochs 0', '1 or more'],
    ['--seed -1', '--seed -1', '0 or more'],
    ['--set clip=0', '--set clip', 'above 0'],
    ['--set metric=recall', '--set metric', 'accuracy'],
    ['--set colour=red', '--set colour'],
    ['--set lr', '--set lr', 'key=value'],
  ] as const)
    refuses(folder, [...train, ...words.split(' ')], 2, ...parts)
})

test('a validation or test file that does not fit the training rows', { skip }, (t) => {
  const folder = prepared(t)
  writeFileSync(join(folder, 'other.csv'), 'text,topic\nSome words,weather\n')
  writeFileSync(join(folder, 'columns.csv'), 'words,kind\nSome words,sport\n')
  writeFileSync(join(folder, 'none.csv'), 'text,topic\n')
  for (const option of ['--valid', '--test']) {
    const train = ['train', 'data.csv', '--model', STORIES, option]
    refuses(folder, [...train, 'other.csv'], 1, 'other.csv row 1', '"weather"')
    refuses(folder, [...train, 'columns.csv'], 1, 'columns.csv', '"text"', 'data.csv', '"words"')
    refuses(folder, [...train, 'none.csv'], 1, 'none.csv')
    refuses(folder, [...train, 'absent.csv'], 1, 'absent.csv')
    refuses(folder, [...train, '.'], 1, 'folder')
  }
})

test('a hub name without a network', { skip: needsBuild }, async (t) => {
  const folder = prepared(t)
  // A port that was free a moment ago: nobody answers there.
  const server = createServer().listen(0, '127.0.0.1')
  const address = await new Promise<ReturnType<typeof server.address>>((resolve) =>
    server.once('listening', () => resolve(server.address())),
  )
  assert.ok(address !== null && typeof address === 'object')
  server.close()
  const before = everything(folder)
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [cli, 'train', 'data.csv', '--model', 'nobody/nothing'],
    {
      cwd: folder,
      encoding: 'utf8',
      env: {
        ...process.env,
        HF_ENDPOINT: `http://127.0.0.1:${address.port}`,
        FINESSE_CACHE: join(temporaryFolder(t), 'cache'),
      },
    },
  )
  assert.equal(status, 1)
  assert.equal(stdout, '')
  assert.match(
    stderr,
    /^finesse: [^\n]*nobody\/nothing[^\n]*no connection[^\n]*As base model give a folder[^\n]*\n$/,
  )
  assert.deepEqual(everything(folder), before)
})

test('a model cut anywhere, or sound bytes that are no model', { skip }, (t) => {
  const folder = prepared(t)
  cpSync(STORIES, join(folder, 'model'), { recursive: true })
  const file = join(folder, 'model', 'onnx', 'model.onnx')
  const whole = readFileSync(file)
  for (const length of [8, 20_000, 500_000, whole.length - 1]) {
    writeFileSync(file, whole.subarray(0, length))
    refuses(folder, ['train', 'data.csv', '--model', 'model'], 1, 'model.onnx')
  }
  // A graph of no nodes is valid protobuf.
  writeFileSync(file, Uint8Array.of(0x08, 8, 0x3a, 0, 0x42, 2, 0x10, 18))
  refuses(folder, ['train', 'data.csv', '--model', 'model'], 1, 'model')
  rmSync(file)
  refuses(folder, ['train', 'data.csv', '--model', 'model'], 1, 'model', 'onnx')
})

test('a batch of more rows than there are is all of them', { skip }, (t) => {
  const folder = prepared(t)
  const args = [
    'train',
    'data.csv',
    '--model',
    STORIES,
    '--batch',
    '1000000',
    '--epochs',
    '1',
    '--max-length',
    '24',
  ]
  const { code, err } = finesse(args, { cwd: folder })
  assert.equal(code, 0, err)
})

test('a run that is damaged, wherever', { skip }, async (t) => {
  const folder = prepared(t)
  const source = await trained(
    join(folder, 'data.csv'),
    { strategy: 'last:1' },
    { out: join(folder, 'runs') },
  )
  const run = join(folder, 'run')
  const put = (name: string, text: string) => () => writeFileSync(join(run, name), text)
  const edit = (name: string, from: string, to: string) => () => {
    const text = readFileSync(join(run, name), 'utf8')
    assert.ok(text.includes(from))
    writeFileSync(join(run, name), text.replace(from, to))
  }
  const interrupted = edit('run.json', '"status": "done"', '"status": "interrupted"')
  const inCheckpoint = (name: string, change: (file: string) => void) => () => {
    for (const entry of readdirSync(join(run, 'checkpoints')))
      if (existsSync(join(run, 'checkpoints', entry, name))) change(join(run, 'checkpoints', entry, name))
  }
  const all = ['resume run', 'predict run', 'evaluate run', 'export run new', 'train data.csv --model run']
  const users = ['predict run', 'train data.csv --model run']
  const cases: readonly (readonly [string, readonly (() => void)[], readonly string[]])[] = [
    ['run.json', [put('run.json', '{')], all.slice(0, 4)],
    ['run.json', [edit('run.json', '"seed": 42', '"seed": "x"')], all.slice(0, 4)],
    ['newer', [edit('run.json', '"schema": 1', '"schema": 99')], all.slice(0, 4)],
    ['model', [() => rmSync(join(run, 'model'), { recursive: true })], all.slice(1)],
    ['model.onnx', [() => truncateSync(join(run, 'model', 'onnx', 'model.onnx'), 5000)], users],
    ['config.json', [put('model/config.json', '{"x"')], users],
    ['tokenizer.json', [put('model/tokenizer.json', '{}')], users],
    ['predictions.jsonl', [put('predictions.jsonl', 'x\n')], ['evaluate run']],
    ['evaluation.json', [put('evaluation.json', 'x')], [`compare run ${source.run}`]],
    ['metrics.jsonl', [interrupted, put('metrics.jsonl', 'x\n')], ['resume run']],
    ['before.json', [interrupted, put('before.json', 'x\n')], ['resume run']],
    ['last.json', [interrupted, put('checkpoints/last.json', '{}')], ['resume run']],
    [
      'weights.safetensors',
      [interrupted, inCheckpoint('weights.safetensors', (file) => truncateSync(file, 1000))],
      ['resume run'],
    ],
    [
      'checkpoint',
      [
        interrupted,
        inCheckpoint('state.json', (file) => {
          const { step } = JSON.parse(readFileSync(file, 'utf8'))
          writeFileSync(file, JSON.stringify({ schema: 1, step, state: {} }))
        }),
      ],
      ['resume run'],
    ],
  ]
  for (const [what, changes, calls] of cases) {
    rmSync(run, { recursive: true, force: true })
    cpSync(source.run, run, { recursive: true })
    for (const change of changes) change()
    for (const call of calls) refuses(folder, call.split(' '), 1, what)
  }
})
