import assert from 'node:assert/strict'
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { UserError } from '../../../src/shared/error.ts'
import { float32Tensor, toFloat32, toNumbers } from '../../../src/trainer/onnx/elements.ts'
import { loadModel } from '../../../src/trainer/onnx/load.ts'
import type { Model } from '../../../src/trainer/onnx/model.ts'
import { readModel } from '../../../src/trainer/onnx/read.ts'
import { writeModel } from '../../../src/trainer/onnx/write.ts'
import { makeModel } from './build.ts'
import { assertSameOutputs, feedsOf, runBytes, runModel } from './run.ts'

const folder = fileURLToPath(new URL('../../fixtures/onnx/', import.meta.url))
const bytesOf = (name: string): Uint8Array => new Uint8Array(readFileSync(join(folder, name)))
const read = (name: string): Model => readModel(bytesOf(name), folder, name)
const value = (name: string) => ({ name, type: 'float32', dims: null }) as const

test('called functions are inlined, with attributes handed on and branches inside', async () => {
  const model = read('functions.onnx')
  assert.ok(model.graph.nodes.every(({ domain }) => domain === ''))
  const feeds = feedsOf(model)
  assertSameOutputs(
    await runModel(model, feeds),
    await runBytes(bytesOf('functions.onnx'), feeds),
    'functions',
  )
})

test('elements are the same from raw_data and from the typed fields', async () => {
  const model = read('types.onnx')
  for (const [name, tensor] of model.graph.initializers)
    if (name.endsWith('.typed'))
      assert.deepEqual(tensor, model.graph.initializers.get(name.replace('.typed', '.raw')), name)
  const of = (name: string) =>
    toNumbers(model.graph.initializers.get(`${name}.typed`) ?? float32Tensor([], [0]))
  assert.deepEqual(of('int8'), [-128, 0, 127])
  assert.deepEqual(of('uint16'), [0, 1, 65535])
  assert.deepEqual(of('uint32'), [0, 1, 2 ** 32 - 1])
  assert.deepEqual(of('bool'), [1, 0, 1])
  assert.deepEqual(of('float64'), [0.1, -2, 1e300])
  assert.deepEqual(of('float16'), [0.5, -65504, 2 ** -24])
  assert.deepEqual(of('int64'), [Number.MIN_SAFE_INTEGER, 0, Number.MAX_SAFE_INTEGER])
  assertSameOutputs(await runModel(model, {}), await runBytes(bytesOf('types.onnx'), {}), 'types')
})

test('nodes are brought into order, as their branches need it too', async () => {
  const model = read('unsorted.onnx')
  assert.deepEqual(
    model.graph.nodes.map(({ op }) => op),
    ['Abs', 'ReduceSum', 'Greater', 'If'],
  )
  await runModel(model, feedsOf(model))
})

test('a graph that is in order keeps its order', () => {
  const model = makeModel({
    opset: 18,
    inputs: [value('x')],
    outputs: [value('d')],
    nodes: [
      { op: 'Exp', inputs: ['x'], outputs: ['a'] },
      { op: 'Neg', inputs: ['x'], outputs: ['b'] },
      { op: 'Abs', inputs: ['b'], outputs: ['c'] },
      { op: 'Add', inputs: ['a', 'c'], outputs: ['d'] },
    ],
  })
  assert.deepEqual(readModel(writeModel(model), null, 'x'), model)
})

test('a tensor beside the model is read, and only from its folder', async (t) => {
  const model = read('external.onnx')
  assert.deepEqual(
    [...toFloat32(model.graph.initializers.get('w') ?? float32Tensor([], [0]))],
    [0, 1, 2, 3, 4, 5],
  )

  const root = mkdtempSync(join(tmpdir(), 'finesse-onnx-'))
  t.after(() => rmSync(root, { recursive: true }))
  const inside = join(root, 'model')
  mkdirSync(inside)
  const original = Buffer.from(bytesOf('external.onnx'))
  const path = join(inside, 'model.onnx')
  const refuse = (bytes: Uint8Array, message: RegExp): void => {
    writeFileSync(path, bytes)
    assert.throws(() => loadModel(path), { name: 'UserError', message })
  }
  const located = (location: string): Buffer => {
    assert.equal(location.length, 'weights.bin'.length)
    return Buffer.from(original.toString('latin1').replace('weights.bin', location), 'latin1')
  }
  refuse(original, /tensor w lies in weights\.bin, which is missing; download it/)
  writeFileSync(join(root, 'secret.bin'), new Uint8Array(64))
  refuse(located('../secret.b'), /outside the model's folder/)
  refuse(located('a/../../abc'), /outside the model's folder/)
  refuse(located('/etc/passwd'), /outside the model's folder/)
  refuse(located('C:\\secret.b'), /outside the model's folder/)
  writeFileSync(join(inside, 'weights.bin'), new Uint8Array(20))
  refuse(original, /tensor w lies in weights\.bin, which is too short \(20 bytes, 32 needed\)/)
  rmSync(join(inside, 'weights.bin'))
  symlinkSync(join(root, 'secret.bin'), join(inside, 'weights.bin'))
  refuse(original, /a link that leads out of the model's folder/)
  rmSync(join(inside, 'weights.bin'))
  copyFileSync(join(folder, 'weights.bin'), join(inside, 'weights.bin'))
  writeFileSync(path, original)
  assert.deepEqual(loadModel(path).graph.initializers.get('w'), model.graph.initializers.get('w'))
})

test('what is not read is refused by name', () => {
  const refuse = (make: () => unknown, message: RegExp): void =>
    assert.throws(make, { name: 'UserError', message })
  refuse(() => read('sparse.onnx'), /sparse\.onnx: tensor table is stored sparse/)
  refuse(() => readModel(bytesOf('external.onnx'), null, 'm'), /given without its folder/)
  const bad = (nodes: Parameters<typeof makeModel>[0]['nodes']) => () =>
    readModel(
      writeModel(makeModel({ opset: 18, inputs: [value('x')], outputs: [value('y')], nodes })),
      null,
      'bad.onnx',
    )
  refuse(
    bad([{ op: 'Add', inputs: ['x', 'gone'], outputs: ['y'], name: 'sum' }]),
    /bad\.onnx: node sum \(Add\) needs value gone, which nothing/,
  )
  refuse(bad([{ op: 'Neg', inputs: ['x'], outputs: ['z'] }]), /makes its output y/)
  refuse(
    bad([
      { op: 'Add', inputs: ['x', 'b'], outputs: ['y'] },
      { op: 'Neg', inputs: ['y'], outputs: ['b'] },
    ]),
    /\(Neg\) is part of a cycle/,
  )
  refuse(
    bad([
      { op: 'Neg', inputs: ['x'], outputs: ['y'] },
      { op: 'Abs', inputs: ['x'], outputs: ['y'] },
    ]),
    /\(Abs\) makes value y, which is there already/,
  )
})

test('files that are no model get one clear line', () => {
  const refuse = (bytes: Uint8Array, message: RegExp): void =>
    assert.throws(() => readModel(bytes, null, 'm.onnx'), { name: 'UserError', message })
  refuse(new Uint8Array(0), /^m\.onnx is not a complete ONNX file: it is empty; download it again$/)
  refuse(Buffer.from('<!DOCTYPE html><html></html>'), /^m\.onnx is not a complete ONNX file: /)
  refuse(Buffer.from('version https://git-lfs.github.com/spec/v1\noid sha256:0'), /git lfs pull/)
  assert.throws(() => loadModel(join(folder, 'none.onnx')), {
    name: 'UserError',
    message: /there is no file/,
  })
  assert.throws(() => loadModel(folder), { name: 'UserError', message: /is not a file/ })
})

test('every cut of a file is found', () => {
  for (const name of ['functions.onnx', 'types.onnx', 'unsorted.onnx']) {
    const bytes = bytesOf(name)
    for (let length = 0; length < bytes.length; length++) {
      // A cut between two top-level fields after the last one that the reader needs leaves a readable file.
      try {
        readModel(bytes.subarray(0, length), null, name)
      } catch (error) {
        assert.ok(error instanceof UserError, `${name} cut at ${length}: ${error}`)
      }
    }
    assert.throws(
      () => readModel(bytes.subarray(0, bytes.length / 2), null, name),
      /not a complete ONNX file/,
    )
  }
})

test('made-up nesting and sizes end in a refusal, not in exhausted memory', () => {
  let inner = makeModel({ opset: 18, inputs: [], outputs: [], nodes: [] }).graph
  for (let i = 0; i < 200; i++)
    inner = makeModel({
      opset: 18,
      inputs: [],
      outputs: [],
      nodes: [
        {
          op: 'If',
          inputs: [],
          outputs: [`y${i}`],
          attributes: { then_branch: { kind: 'graph', value: inner } },
        },
      ],
    }).graph
  const deep = { ...makeModel({ opset: 18, inputs: [], outputs: [], nodes: [] }), graph: inner }
  assert.throws(() => readModel(writeModel(deep), null, 'deep.onnx'), { message: /nested too deeply/ })
  const large = makeModel({
    opset: 18,
    inputs: [],
    outputs: [],
    nodes: [],
    initializers: { w: { type: 'float32', dims: [2 ** 31, 2 ** 31], data: new Uint8Array(4) } },
  })
  assert.throws(() => readModel(writeModel(large), null, 'large.onnx'), { message: /tensor w should hold/ })
})

type Change = {
  readonly kind: 'flip' | 'insert' | 'remove' | 'cut'
  readonly at: number
  readonly bytes: Uint8Array
}

function change(bytes: Uint8Array, { kind, at, bytes: extra }: Change): Uint8Array {
  const place = at % Math.max(1, bytes.length)
  const [before, after] = [bytes.subarray(0, place), bytes.subarray(place)]
  if (kind === 'cut') return before
  if (kind === 'insert') return Buffer.concat([before, extra, after])
  if (kind === 'remove') return Buffer.concat([before, after.subarray(extra.length)])
  return Buffer.concat([
    before,
    after.subarray(0, 1).map((byte) => byte ^ (extra[0] ?? 1)),
    after.subarray(1),
  ])
}

test('a changed file is read or refused in one line, in bounded time', () => {
  const files = ['functions.onnx', 'types.onnx', 'unsorted.onnx', 'external.onnx'].map(bytesOf)
  const changes = fc.array(
    fc.record<Change>({
      kind: fc.constantFrom('flip', 'flip', 'insert', 'remove', 'cut'),
      at: fc.nat(5000),
      bytes: fc.uint8Array({ minLength: 1, maxLength: 6 }),
    }),
    { minLength: 1, maxLength: 4 },
  )
  fc.assert(
    fc.property(fc.constantFrom(...files), changes, (bytes, list) => {
      const started = performance.now()
      try {
        readModel(list.reduce(change, bytes), folder, 'changed.onnx')
      } catch (error) {
        if (!(error instanceof UserError)) throw error
        assert.doesNotMatch(error.message, /\n/)
      }
      assert.ok(performance.now() - started < 2000)
    }),
    { seed: 7, numRuns: 2000 },
  )
})
