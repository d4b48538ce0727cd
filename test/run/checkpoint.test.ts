import assert from 'node:assert/strict'
import {
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { type Checkpoint, loadCheckpoint, saveCheckpoint } from '../../src/run/checkpoint.ts'
import { UserError } from '../../src/shared/error.ts'
import { temporaryFolder } from './sample.ts'

const at = (step: number, mark = 0): Checkpoint => ({
  step,
  tensors: new Map([
    ['weight', new Float32Array([step, mark, -0, Number.NaN, 1e-45])],
    ['weight.m', new Float32Array(0)],
  ]),
  state: { generator: ['1', '2'], mark },
})

test('what is saved is loaded, bit for bit', (t) => {
  const run = temporaryFolder(t)
  assert.equal(loadCheckpoint(run, 'last'), null)
  // A view into larger memory, as trainables are.
  const memory = new Float32Array([9, 1.5, -2, 9])
  saveCheckpoint(
    run,
    { step: 7, tensors: new Map([['a', memory.subarray(1, 3)]]), state: null },
    { best: false },
  )
  assert.deepEqual(loadCheckpoint(run, 'last'), {
    step: 7,
    tensors: new Map([['a', new Float32Array([1.5, -2])]]),
    state: null,
  })
  assert.equal(loadCheckpoint(run, 'best'), null)
  saveCheckpoint(run, at(8), { best: true })
  assert.deepEqual(loadCheckpoint(run, 'best'), at(8))
  assert.deepEqual(loadCheckpoint(run, 'last'), at(8))
})

test('last and best stay, the others go', (t) => {
  const run = temporaryFolder(t)
  const folders = (): string[] =>
    readdirSync(join(run, 'checkpoints')).filter((name) => !name.endsWith('.json'))
  saveCheckpoint(run, at(1), { best: true })
  saveCheckpoint(run, at(2), { best: false })
  saveCheckpoint(run, at(3), { best: false })
  assert.deepEqual(folders().sort(), ['1', '3'])
  saveCheckpoint(run, at(4), { best: true })
  assert.deepEqual(folders(), ['4'])
})

test('the same step saved again replaces the first without a moment in which there is none', (t) => {
  const run = temporaryFolder(t)
  saveCheckpoint(run, at(5, 1), { best: true })
  saveCheckpoint(run, at(5, 2), { best: false })
  assert.deepEqual(loadCheckpoint(run, 'last'), at(5, 2))
  assert.deepEqual(loadCheckpoint(run, 'best'), at(5, 1))
  saveCheckpoint(run, at(5, 3), { best: true })
  assert.deepEqual(loadCheckpoint(run, 'last'), at(5, 3))
  assert.deepEqual(loadCheckpoint(run, 'best'), at(5, 3))
})

test('what a killed process left half written is ignored, and goes at the next save', (t) => {
  const run = temporaryFolder(t)
  const folder = join(run, 'checkpoints')
  saveCheckpoint(run, at(1), { best: true })
  mkdirSync(join(folder, '2.tmp'))
  writeFileSync(join(folder, '2.tmp', 'weights.safetensors'), 'half')
  // Renamed, but killed before a pointer named it.
  cpSync(join(folder, '1'), join(folder, '2'), { recursive: true })
  assert.deepEqual(loadCheckpoint(run, 'last'), at(1))
  saveCheckpoint(run, at(2), { best: false })
  assert.deepEqual(loadCheckpoint(run, 'last'), at(2))
  assert.deepEqual(readdirSync(folder).sort(), ['1', '2', 'best.json', 'last.json'])
})

test('a damaged checkpoint is one line that names the file', (t) => {
  const run = temporaryFolder(t)
  const folder = join(run, 'checkpoints')
  const attacks: [file: string, damage: (file: string) => void][] = [
    ['last.json', (file) => writeFileSync(file, '{')],
    ['last.json', (file) => writeFileSync(file, '{"step":3,"folder":"../../elsewhere"}')],
    ['last.json', (file) => writeFileSync(file, '{"step":4,"folder":"3"}')],
    ['3/state.json', (file) => rmSync(file)],
    ['3/state.json', (file) => writeFileSync(file, '{"schema":1}')],
    ['3/weights.safetensors', (file) => truncateSync(file, 90)],
    ['3/weights.safetensors', (file) => rmSync(file)],
    ['3', (file) => renameSync(file, `${file}.gone`)],
  ]
  for (const [file, damage] of attacks) {
    rmSync(folder, { recursive: true, force: true })
    saveCheckpoint(run, at(3), { best: false })
    damage(join(folder, file))
    assert.throws(
      () => loadCheckpoint(run, 'last'),
      (error) =>
        error instanceof UserError && error.message.includes(folder) && !error.message.includes('\n'),
      file,
    )
  }
  assert.ok(readFileSync(join(folder, 'last.json')).length > 0)
})
