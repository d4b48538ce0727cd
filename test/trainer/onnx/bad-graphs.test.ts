import assert from 'node:assert/strict'
import { cpSync, mkdirSync, statSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { mock, type TestContext, test } from 'node:test'
import { UserError } from '../../../src/shared/error.ts'
import { float32Tensor, int64Tensor } from '../../../src/trainer/onnx/elements.ts'
import type { Model, ValueInfo } from '../../../src/trainer/onnx/model.ts'
import { writeModel } from '../../../src/trainer/onnx/write.ts'
import { locateModel } from '../../../src/trainer/text/locate.ts'
import { openTextModel } from '../../../src/trainer/text/text-model.ts'
import { temporaryFolder } from '../../run/sample.ts'
import { oneThread } from '../autodiff/gradients.ts'
import { STATIC_FOLDER } from '../training/small-run.ts'
import { makeModel, type NodeSketch } from './build.ts'
import { type External, withExternal } from './external-tensor.ts'

// Each of these is either one line that says which file and what in it, or a model that opens.

const VOCABULARY = 40_000
const WIDTH = 8
const table: External = { name: 'table', dims: [VOCABULARY, WIDTH], location: 'weights.bin', offset: 0 }
const tableBytes = VOCABULARY * WIDTH * 4

const ids: ValueInfo = { name: 'input_ids', type: 'int64', dims: ['batch', 'sequence'] }
const hidden: ValueInfo = {
  name: 'last_hidden_state',
  type: 'float32',
  dims: ['batch', 'sequence', WIDTH],
}
const gather: NodeSketch = {
  op: 'Gather',
  name: 'lookup',
  inputs: ['table', 'input_ids'],
  outputs: ['looked'],
}
const scale: NodeSketch = {
  op: 'Mul',
  name: 'scaled',
  inputs: ['looked', 'scale'],
  outputs: ['last_hidden_state'],
}

/** Looks its tokens up in a table that lies in a file beside it, and scales what it finds. */
const model = (nodes: readonly NodeSketch[] = [gather, scale], opset = 18): Model =>
  makeModel({
    opset,
    nodes,
    inputs: [ids],
    outputs: [hidden],
    initializers: {
      scale: float32Tensor(
        [WIDTH],
        Array.from({ length: WIDTH }, (_, i) => i + 1),
      ),
    },
  })

/** A model's folder with the embedded model's tokenizer. */
function modelFolder(t: TestContext, bytes: Uint8Array): string {
  const folder = join(temporaryFolder(t), 'model')
  mkdirSync(join(folder, 'onnx'), { recursive: true })
  for (const name of ['tokenizer.json', 'tokenizer_config.json', 'config.json'])
    cpSync(join(STATIC_FOLDER, name), join(folder, name))
  writeFileSync(join(folder, 'onnx', 'model.onnx'), bytes)
  return folder
}

/** A file of zeros that takes no disk. */
function sparseFile(path: string, bytes: number): void {
  writeFileSync(path, '')
  truncateSync(path, bytes)
}

const withTable = (folder: string): void => sparseFile(join(folder, 'onnx', 'weights.bin'), tableBytes)

const open = async (folder: string) => openTextModel(oneThread, await locateModel(folder))

const refuses = (folder: string, message: RegExp): Promise<void> =>
  assert.rejects(open(folder), (error) => {
    assert.ok(error instanceof UserError, String(error))
    assert.match(error.message, /^[^\n]+$/)
    assert.ok(error.message.includes(join(folder, 'onnx', 'model.onnx')), error.message)
    assert.match(error.message, message)
    return true
  })

test('the graph that the others are made bad from opens', async (t) => {
  const folder = modelFolder(t, withExternal(writeModel(model()), [table]))
  withTable(folder)
  assert.equal((await open(folder)).trunk.width, WIDTH)
})

const graphs: readonly (readonly [string, Model, RegExp])[] = [
  [
    'a cycle',
    model([
      gather,
      { op: 'Add', name: 'chase', inputs: ['looked', 'tail'], outputs: ['head'] },
      { op: 'Neg', name: 'bite', inputs: ['head'], outputs: ['tail'] },
      { ...scale, inputs: ['head', 'scale'] },
    ]),
    /node (chase|bite) \((Add|Neg)\) is part of a cycle/,
  ],
  [
    'a missing initialiser',
    model([gather, { ...scale, inputs: ['looked', 'gone'] }]),
    /node scaled \(Mul\) needs value gone, which nothing in the graph makes/,
  ],
  [
    'a factor of the wrong type',
    model([gather, { ...scale, inputs: ['looked', 'input_ids'] }]),
    /Mul.*tensor\(int64\).*scaled/,
  ],
  ['an operator that does not exist', model([gather, { ...scale, op: 'Flurble' }]), /Flurble/],
  [
    'dimensions that do not fit',
    {
      ...model(),
      graph: {
        ...model().graph,
        initializers: new Map([['scale', float32Tensor([3], [1, 2, 3])]]),
      },
    },
    /scaled/,
  ],
  [
    'a table of whole numbers where floats are scaled',
    {
      ...model([{ ...gather, inputs: ['numbers', 'input_ids'] }, scale]),
      graph: {
        ...model([{ ...gather, inputs: ['numbers', 'input_ids'] }, scale]).graph,
        initializers: new Map([
          [
            'numbers',
            int64Tensor(
              [4, WIDTH],
              Array.from({ length: 4 * WIDTH }, (_, i) => i),
            ),
          ],
          ['scale', float32Tensor([WIDTH], new Array<number>(WIDTH).fill(1))],
        ]),
      },
    },
    /tensor\(int64\).*scaled|scaled.*tensor\(int64\)/,
  ],
  ['an opset older than 7', model(undefined, 6), /opset 6.*7 to 24/],
  ['an opset newer than known', model(undefined, 99), /opset 99.*7 to 24/],
]

for (const [what, bad, message] of graphs)
  test(`${what}: one line`, async (t) => {
    const folder = modelFolder(t, withExternal(writeModel(bad), [table]))
    withTable(folder)
    await refuses(folder, message)
  })

test('the oldest and the newest opset that are read open', async (t) => {
  for (const opset of [7, 24]) {
    const folder = modelFolder(t, withExternal(writeModel(model(undefined, opset)), [table]))
    withTable(folder)
    assert.equal((await open(folder)).trunk.width, WIDTH, `opset ${opset}`)
  }
})

test('weights in another file: missing, too short, or outside the folder are one line', async (t) => {
  const at = (change: Partial<External>): string =>
    modelFolder(t, withExternal(writeModel(model()), [{ ...table, ...change }]))
  await refuses(at({}), /tensor table lies in weights\.bin, which is missing/)
  const short = at({})
  sparseFile(join(short, 'onnx', 'weights.bin'), tableBytes - 1)
  await refuses(short, /tensor table lies in weights\.bin, which is too short/)
  const beyond = at({ offset: 4 })
  withTable(beyond)
  await refuses(beyond, /tensor table lies in weights\.bin, which is too short/)
  for (const location of ['../weights.bin', '/etc/passwd', 'a/../../weights.bin']) {
    const outside = at({ location })
    sparseFile(join(outside, 'weights.bin'), tableBytes)
    await refuses(outside, /tensor table lies in .*outside the model's folder/)
  }
  const linked = at({})
  sparseFile(join(linked, 'weights.bin'), tableBytes)
  symlinkSync(join(linked, 'weights.bin'), join(linked, 'onnx', 'weights.bin'))
  await refuses(linked, /tensor table lies in weights\.bin, a link that leads out of the model's folder/)
})

const GIB = 2 ** 30
const ROW = WIDTH * 4

/** Tables of 1 GiB each, one behind another in one file; the sum of what is looked up in them is scaled. */
function largeModel(t: TestContext, tables: number): string {
  const names = Array.from({ length: tables }, (_, i) => `table.${i}`)
  const nodes = names.flatMap((name, i): NodeSketch[] => [
    { op: 'Gather', name: `lookup.${i}`, inputs: [name, 'input_ids'], outputs: [`looked.${i}`] },
    {
      op: 'Add',
      name: `sum.${i}`,
      inputs: [i === 0 ? 'scale' : `sum.${i - 1}`, `looked.${i}`],
      outputs: [`sum.${i}`],
    },
  ])
  const bytes = writeModel(model([...nodes, { ...scale, inputs: [`sum.${tables - 1}`, 'scale'] }]))
  const folder = modelFolder(
    t,
    withExternal(
      bytes,
      names.map((name, i) => ({ ...table, name, dims: [GIB / ROW, WIDTH], offset: i * GIB })),
    ),
  )
  sparseFile(join(folder, 'onnx', 'weights.bin'), tables * GIB)
  return folder
}

test('3 GB of weights in another file: what cannot be written as one file is said before anything is trained, and nothing is held twice', async (t) => {
  const folder = largeModel(t, 3)
  assert.equal(statSync(join(folder, 'onnx', 'weights.bin')).size, 3 * GIB)
  const before = process.memoryUsage().rss
  await refuses(folder, /its weights take 3\.2 GB in fp32, and .* one ONNX file of 2 GB/)
  const peak = process.resourceUsage().maxRSS * 1024
  t.diagnostic(`${((peak - before) / GIB).toFixed(2)} GiB for 3 GiB of weights`)
  assert.ok(peak - before < 3.3 * GIB, `${peak - before} bytes`)
})

test('1 GB of weights in another file opens', async (t) => {
  assert.equal((await open(largeModel(t, 1))).trunk.width, WIDTH)
})

test('weights that do not fit into the free memory are one line', {
  skip: process.platform === 'darwin' && 'half of all memory counts as free there',
}, async (t) => {
  const free = mock.method(process, 'availableMemory', () => 5e8)
  t.after(() => free.mock.restore())
  await refuses(
    largeModel(t, 1),
    /tensor table\.0 lies in weights\.bin and takes 1\.1 GB of memory, and 0\.5 GB are free/,
  )
})
