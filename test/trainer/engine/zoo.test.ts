import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { readSafetensors, writeSafetensors } from '../../../src/run/safetensors.ts'
import type { Runtime } from '../../../src/trainer/engine/runtime.ts'
import { checkCase, findCases, storedGradients } from '../../../src/trainer/engine/zoo.ts'
import { needsShared, shared } from '../../shared.ts'

const runtime: Runtime = { device: 'cpu', threads: 1 }
const work = mkdtempSync(join(tmpdir(), 'finesse-zoo-'))
after(() => rmSync(work, { recursive: true }))

const architectures = 'bert distilbert roberta gpt2 llama t5 vit resnet mobilenet_v2 wav2vec2'.split(' ')
for (const architecture of architectures)
  for (const exporter of ['torchscript', 'dynamo'])
    test(`${architecture} by ${exporter}: the output and every gradient are PyTorch's`, {
      skip: needsShared,
    }, async () => {
      const folder = shared(`zoo/${architecture}.${exporter}`)
      const result = await checkCase(runtime, folder)
      assert.equal(result.computed, result.stored)
      assert.equal(result.stored, storedGradients(folder))
      assert.ok(result.stored > 10)
      assert.ok(result.forward < 1e-5 && result.gradient < 2e-5, `${result.forward} ${result.gradient}`)
      assert.ok(result.passed)
    })

/** A copy of a case with one stored tensor changed. */
const altered = (name: string, tensor: string, change: (values: Float32Array) => void): string => {
  const folder = join(work, 'altered', name)
  mkdirSync(folder, { recursive: true })
  const original = shared('zoo/bert.torchscript')
  copyFileSync(join(original, 'model.onnx'), join(folder, 'model.onnx'))
  const { tensors } = readSafetensors(join(original, 'case.safetensors'))
  const stored = tensors.get(tensor)
  assert.ok(stored, tensor)
  const data = stored.data.slice()
  change(new Float32Array(data.buffer))
  writeSafetensors(join(folder, 'case.safetensors'), new Map([...tensors, [tensor, { ...stored, data }]]))
  return folder
}

const firstGradient = (): string => {
  const { tensors } = readSafetensors(join(shared('zoo/bert.torchscript'), 'case.safetensors'))
  return [...tensors.keys()].find((name) => name.startsWith('grad.')) ?? ''
}

test('a gradient that differs by a hundredth is found and named', { skip: needsShared }, async () => {
  const tensor = firstGradient()
  const folder = altered('gradient', tensor, (values) => {
    for (let i = 0; i < values.length; i++) values[i] = 1.01 * (values[i] ?? 0)
  })
  const { passed, worst, gradient, computed, stored } = await checkCase(runtime, folder)
  assert.equal(passed, false)
  assert.equal(worst, tensor.slice('grad.'.length))
  assert.ok(gradient > 1e-3 && gradient < 0.02)
  assert.equal(computed, stored)
})

test('an output that differs is found', { skip: needsShared }, async () => {
  const folder = altered('output', 'output', (values) => {
    values[0] = (values[0] ?? 0) + 0.1
  })
  const { passed, forward, gradient } = await checkCase(runtime, folder)
  assert.equal(passed, false)
  assert.ok(forward > 1e-4 && gradient < 1e-3)
})

test('a value that is not a number never counts as equal', { skip: needsShared }, async () => {
  const tensor = firstGradient()
  const spoil = (values: Float32Array): void => {
    values[0] = Number.NaN
  }
  const inGradient = await checkCase(runtime, altered('nan-gradient', tensor, spoil))
  assert.equal(inGradient.passed, false)
  assert.ok(Number.isNaN(inGradient.gradient))
  const inOutput = await checkCase(runtime, altered('nan-output', 'output', spoil))
  assert.equal(inOutput.passed, false)
  assert.ok(Number.isNaN(inOutput.forward))
  // What the engine computes is not a number either; every gradient but those of the last bias is affected.
  const inCotangent = await checkCase(runtime, altered('nan-cotangent', 'cotangent', spoil))
  assert.equal(inCotangent.passed, false)
  assert.ok(Number.isNaN(inCotangent.gradient))
})

test('a folder without cases is refused in one line', () => {
  assert.throws(() => findCases(join(work, 'nowhere')), /^UserError: There is no folder .*nowhere/)
  assert.throws(() => findCases(fileURLToPath(import.meta.url)), /^UserError: There is no folder/)
  mkdirSync(join(work, 'empty'))
  assert.throws(() => findCases(join(work, 'empty')), /^UserError: .*empty holds no case/)
})

const runScript = (...args: string[]) => {
  const script = fileURLToPath(new URL('../../../scripts/zoo.mjs', import.meta.url))
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...args], { encoding: 'utf8' })
  return { status, lines: stdout.split('\n').filter((line) => line !== ''), stderr }
}

test('the script prints a line a case and nothing else with its verdicts', { skip: needsShared }, () => {
  const folder = join(work, 'cases')
  const copy = (from: string, to: string): string => {
    mkdirSync(join(folder, to), { recursive: true })
    for (const file of ['model.onnx', 'case.safetensors'])
      copyFileSync(join(from, file), join(folder, to, file))
    return join(folder, to)
  }
  copy(shared('zoo/bert.dynamo'), 'a')
  assert.deepEqual(runScript(folder).status, 0)
  copy(
    altered('gradient', firstGradient(), (values) => values.fill(1)),
    'b',
  )
  writeFileSync(join(copy(shared('zoo/bert.dynamo'), 'c'), 'model.onnx'), 'pass: no model, it fails')
  writeFileSync(join(copy(shared('zoo/bert.dynamo'), 'd'), 'case.safetensors'), 'fail')
  const { status, lines, stderr } = runScript(folder)
  assert.equal(status, 1)
  assert.equal(lines.length, 4)
  assert.match(lines[0] ?? '', /^a \d\.\de-\d+ \d\.\de-\d+ \S+ 36\/36 pass$/)
  assert.match(lines[1] ?? '', /^b \d\.\de-\d+ \d\.\de[-+]\d+ \S+ 37\/37 fail$/)
  assert.equal(lines[2], 'c nan nan - 0/36 fail')
  assert.equal(lines[3], 'd nan nan - 0/0 fail')
  assert.match(stderr, /^c: /m)
  assert.doesNotMatch(stderr, /pass|fail/i)
})

test('the script says in one line that there is no case', () => {
  for (const args of [[], [join(work, 'nowhere')]]) {
    const { status, lines, stderr } = runScript(...args)
    assert.equal(status, 2)
    assert.deepEqual(lines, [])
    assert.equal(stderr.trim().split('\n').length, 1)
    assert.doesNotMatch(stderr, /pass|fail/i)
  }
})
