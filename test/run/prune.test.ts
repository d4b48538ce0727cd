import assert from 'node:assert/strict'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { prune } from '../../src/run/prune.ts'
import { sizeOf } from '../../src/run/size.ts'
import { temporaryFolder } from './sample.ts'

const write = (path: string, bytes: number): void => {
  mkdirSync(join(path, '..'), { recursive: true })
  writeFileSync(path, Buffer.alloc(bytes))
}

function aRun(folder: string): string {
  write(join(folder, 'model', 'model.onnx'), 500)
  write(join(folder, 'checkpoints', '12', 'weights.safetensors'), 300)
  writeFileSync(join(folder, 'checkpoints', 'last.json'), JSON.stringify({ step: 12, folder: '12' }))
  write(join(folder, 'trunk.cache'), 200)
  write(join(folder, 'run.json.77.tmp'), 10)
  return folder
}

test('a finished run keeps its model and loses its checkpoints and leftovers', (t) => {
  const run = aRun(temporaryFolder(t))
  const before = sizeOf(run)
  const freed = prune(run, { status: 'done' })
  assert.equal(sizeOf(run), before - freed)
  assert.equal(sizeOf(run), 500)
  assert.ok(existsSync(join(run, 'model', 'model.onnx')))
})

test('a run that can go on keeps its checkpoint', (t) => {
  const run = aRun(temporaryFolder(t))
  assert.equal(prune(run, { status: 'interrupted' }), 210)
  assert.ok(existsSync(join(run, 'checkpoints', '12', 'weights.safetensors')))
  assert.equal(prune(run, { status: 'interrupted' }), 0)
})
