import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { mock, type TestContext, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import * as ort from 'onnxruntime-node'
import * as v from 'valibot'
import { readChecked, readRecord } from '../../../src/run/folder.ts'
import { RunEvaluation } from '../../../src/shared/evaluation.ts'
import { DoneEvent } from '../../../src/shared/events.ts'
import type { Runtime } from '../../../src/trainer/engine/runtime.ts'
import type { Tensor } from '../../../src/trainer/engine/tensor.ts'
import { checkCase } from '../../../src/trainer/engine/zoo.ts'
import { writeModel } from '../../../src/trainer/onnx/write.ts'
import { LOSS, ROW_SHARE, TARGETS } from '../../../src/trainer/tasks/head.ts'
import { textFeeds } from '../../../src/trainer/text/inputs.ts'
import { locateModel } from '../../../src/trainer/text/locate.ts'
import { openTextModel } from '../../../src/trainer/text/text-model.ts'
import { featureNetwork, headedNetwork, upperPart } from '../../../src/trainer/training/step/network.ts'
import { compileProgram, type StepResult } from '../../../src/trainer/training/step/step.ts'
import { temporaryFolder } from '../../run/sample.ts'
import { needsShared, shared } from '../../shared.ts'
import { needsAdapter } from '../../webgpu.ts'
import { cli, finesse, needsBuild } from '../cli/cli.ts'
import { makeModel } from '../onnx/build.ts'

const cpu: Runtime = { device: 'cpu', threads: 2 }
const webgpu: Runtime = { device: 'webgpu', threads: 2 }
const skip = needsAdapter
const root = new URL('../../../', import.meta.url)

const ProfileEvents = v.array(
  v.looseObject({
    name: v.string(),
    args: v.optional(v.looseObject({ provider: v.optional(v.string()), op_name: v.optional(v.string()) })),
  }),
)

/** Operators by the provider that executed them, of the sessions that are opened on WebGPU meanwhile. */
async function placement(t: TestContext, work: () => Promise<void>): Promise<Record<string, Set<string>>> {
  const folder = temporaryFolder(t)
  const { create } = ort.InferenceSession
  const sessions: ort.InferenceSession[] = []
  const replaced = mock.method(
    ort.InferenceSession,
    'create',
    async (bytes: Uint8Array, options: ort.InferenceSession.SessionOptions) => {
      if (!options.executionProviders?.includes('webgpu'))
        return create.call(ort.InferenceSession, bytes, options)
      const session = await create.call(ort.InferenceSession, bytes, {
        ...options,
        enableProfiling: true,
        profileFilePrefix: join(folder, 'profile'),
      })
      const release = session.release.bind(session)
      session.release = async () => {
        session.endProfiling()
        await release()
      }
      sessions.push(session)
      return session
    },
  )
  try {
    await work()
  } finally {
    replaced.mock.restore()
  }
  assert.equal(sessions.length, 1)
  const placed: Record<string, Set<string>> = {}
  for (const file of readdirSync(folder))
    for (const { name, args } of v.parse(
      ProfileEvents,
      JSON.parse(readFileSync(join(folder, file), 'utf8')),
    )) {
      if (!args?.provider || !args.op_name || !name.endsWith('_kernel_time')) continue
      placed[args.provider] ??= new Set()
      placed[args.provider]?.add(args.op_name)
    }
  return placed
}

for (const exporter of ['dynamo', 'torchscript'])
  test(`bert by ${exporter}: output and gradients are PyTorch's, and what is large is computed on the device`, {
    skip: needsAdapter || needsShared,
  }, async (t) => {
    const placed = await placement(t, async () => {
      const result = await checkCase(webgpu, shared(`zoo/bert.${exporter}`))
      assert.ok(result.passed, JSON.stringify(result))
    })
    const device = placed.WebGpuExecutionProvider ?? new Set()
    for (const op of ['Gemm', 'MatMul', 'Softmax', 'LayerNormalization', 'Gelu', 'Erf', 'ScatterElements'])
      assert.ok(device.has(op), `${op} was not on the device`)
    // What is left to the processor is arithmetic on whole numbers of a row's length.
    const small = new Set(['Reshape', 'Expand', 'Unsqueeze', 'Cast', 'Gather', 'GatherND'])
    for (const op of placed.CPUExecutionProvider ?? []) assert.ok(small.has(op), `${op} was on the processor`)
  })

const norm = (x: Float32Array): number => Math.sqrt(x.reduce((sum, value) => sum + value * value, 0))
const close = (what: string, got: Float32Array, expected: Float32Array): void => {
  assert.equal(got.length, expected.length, what)
  const distance = norm(got.map((value, i) => value - (expected[i] ?? Number.NaN)))
  assert.ok(distance <= 1e-3 * norm(expected) + 1e-6, `${what} differs by ${distance} of ${norm(expected)}`)
}

test('loss and gradients of the embedded model equal the processor, touched rows among them', {
  skip,
}, async () => {
  const folder = fileURLToPath(new URL('media/models/static-en', root))
  const model = await openTextModel(cpu, await locateModel(folder))
  const { width } = model.trunk
  const [rows, tokens, labels] = [8, 8, 3]
  const wave = (length: number): Float32Array =>
    Float32Array.from({ length }, (_, i) => Math.sin(1 + i * 1.7))
  const head = { weight: wave(width * labels), bias: wave(labels) }
  const features = featureNetwork(model, 'mean')
  const network = upperPart(headedNetwork(features, head), null, LOSS)
  const encoded = Array.from({ length: rows }, (_, row) => ({
    ids: Int32Array.from({ length: tokens - (row % 3) }, (_, i) => 5 + ((row * 31 + i * 7) % 60)),
    types: new Int32Array(tokens - (row % 3)),
    length: tokens - (row % 3),
  }))
  const own = features.graph.inputs
  const feeds: Record<string, Tensor> = {
    ...Object.fromEntries(textFeeds(own, encoded, tokens, model.tokenizer.padId)),
    [TARGETS]: {
      type: 'float32',
      dims: [rows, labels],
      data: Float32Array.from({ length: rows * labels }, (_, i) =>
        Number(i % labels === Math.floor(i / labels) % labels),
      ),
    },
    [ROW_SHARE]: { type: 'float32', dims: [], data: new Float32Array([1 / rows]) },
  }
  const tables = [...network.weights].filter(([, { dims }]) => (dims[0] ?? 0) > 1000).map(([name]) => name)
  const dense = [...network.weights.keys()].filter((name) => !tables.includes(name))
  const step = async (runtime: Runtime): Promise<StepResult> => {
    const program = await compileProgram(runtime, network, feeds, { dense, tables })
    try {
      return await program.run(feeds)
    } finally {
      await program.release()
    }
  }
  const [expected, got] = [await step(cpu), await step(webgpu)]
  assert.ok(Math.abs(got.loss - expected.loss) < 1e-3)
  assert.ok(expected.dense.size > 0 && expected.rows.size > 0)
  for (const [name, gradient] of expected.dense)
    close(name, got.dense.get(name) ?? new Float32Array(), gradient)
  for (const [name, gradient] of expected.rows) {
    assert.deepEqual(got.rows.get(name)?.rows, gradient.rows)
    close(name, got.rows.get(name)?.gradient ?? new Float32Array(), gradient.gradient)
  }
})

test('repeated indices: the dense gradient of a gather is right in ten runs', { skip }, async () => {
  const [rows, width, picked] = [50, 64, 512]
  const { graph, opsets } = makeModel({
    opset: 18,
    nodes: [
      { op: 'Gather', inputs: ['table', 'indices'], outputs: ['gathered'] },
      { op: 'Mul', inputs: ['gathered', 'cotangent'], outputs: ['product'] },
      { op: 'ReduceSum', inputs: ['product'], outputs: [LOSS], attributes: { keepdims: 0 } },
    ],
    inputs: [
      { name: 'indices', type: 'int64', dims: [picked] },
      { name: 'cotangent', type: 'float32', dims: [picked, width] },
    ],
    outputs: [{ name: LOSS, type: 'float32', dims: [] }],
  })
  const weights = new Map<string, Tensor>([
    ['table', { type: 'float32', dims: [rows, width], data: new Float32Array(rows * width) }],
  ])
  const indices = BigInt64Array.from({ length: picked }, (_, i) => BigInt((i * i) % 17))
  const cotangent = Float32Array.from({ length: picked * width }, (_, i) => Math.sin(1 + i * 1.7))
  const expected = new Float32Array(rows * width)
  for (const [i, value] of cotangent.entries()) {
    const at = Number(indices[Math.floor(i / width)]) * width + (i % width)
    expected[at] = (expected[at] ?? 0) + value
  }
  const feeds: Record<string, Tensor> = {
    indices: { type: 'int64', dims: [picked], data: indices },
    cotangent: { type: 'float32', dims: [picked, width], data: cotangent },
  }
  const program = await compileProgram(webgpu, { graph, opsets, weights }, feeds, {
    dense: ['table'],
    tables: [],
  })
  for (let run = 0; run < 10; run++) {
    const { dense } = await program.run(feeds)
    close(`run ${run}`, dense.get('table') ?? new Float32Array(), expected)
  }
  await program.release()
})

const SENTENCES = ['the good film', 'the fine meal', 'an awful book', 'a poor old song']

/** Rows of eight letters or more, of labels that a word tells apart. */
function rowsFile(t: TestContext): string {
  const file = join(temporaryFolder(t), 'rows.csv')
  const rows = Array.from(
    { length: 60 },
    (_, i) =>
      `${SENTENCES[i % 4]} ${String.fromCharCode(97 + (i % 26))}${i % 10},${i % 4 < 2 ? 'good' : 'bad'}`,
  )
  writeFileSync(file, `text,label\n${rows.join('\n')}\n`)
  return file
}

/** A two-layer encoder of the zoo as a model folder, with a tokenizer of letters: 97 embeddings are few. */
function tinyBert(t: TestContext): string {
  const folder = join(temporaryFolder(t), 'tiny-bert')
  mkdirSync(join(folder, 'onnx'), { recursive: true })
  cpSync(shared('zoo/bert.torchscript/model.onnx'), join(folder, 'onnx', 'model.onnx'))
  const letters = [...'abcdefghijklmnopqrstuvwxyz0123456789']
  const pieces = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', ...letters, ...letters.map((letter) => `##${letter}`)]
  const special = (content: string, id: number) => ({
    id,
    content,
    single_word: false,
    lstrip: false,
    rstrip: false,
    normalized: false,
    special: true,
  })
  const tokenizer = {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: pieces.slice(0, 4).map(special),
    normalizer: {
      type: 'BertNormalizer',
      clean_text: true,
      handle_chinese_chars: true,
      strip_accents: null,
      lowercase: true,
    },
    pre_tokenizer: { type: 'BertPreTokenizer' },
    post_processor: null,
    decoder: null,
    model: {
      type: 'WordPiece',
      unk_token: '[UNK]',
      continuing_subword_prefix: '##',
      max_input_chars_per_word: 100,
      vocab: Object.fromEntries(pieces.map((piece, id) => [piece, id])),
    },
  }
  writeFileSync(join(folder, 'tokenizer.json'), JSON.stringify(tokenizer))
  writeFileSync(
    join(folder, 'tokenizer_config.json'),
    JSON.stringify({
      tokenizer_class: 'BertTokenizer',
      pad_token: '[PAD]',
      unk_token: '[UNK]',
      model_max_length: 64,
    }),
  )
  writeFileSync(join(folder, 'config.json'), JSON.stringify({ model_type: 'bert' }))
  return folder
}

test('finesse train --device webgpu goes from a file to an export that answers the same', {
  skip: needsAdapter || needsShared || needsBuild,
}, (t) => {
  const file = rowsFile(t)
  const out = join(file, '..', 'runs')
  const words = ['--model', tinyBert(t), '--epochs', '1', '--max-length', '8', '--json', '--out', out]
  const { code, err, out: said } = finesse(['train', file, '--device', 'webgpu', ...words])
  assert.equal(err, '')
  assert.equal(code, 0)
  const done = v.parse(DoneEvent, JSON.parse(said.trim().split('\n').at(-1) ?? ''))
  const record = readRecord(done.run)
  assert.equal(record.status, 'done')
  assert.equal(record.resolved?.device, 'webgpu')
  assert.ok(record.progress.step > 0)
  // Predicted by the processor from the exported file, against what the device computed.
  assert.ok(readChecked(join(done.run, 'evaluation.json'), RunEvaluation, '').export_difference <= 1e-3)
})

/** Variables under which Vulkan's loader finds no driver, whatever this machine has. */
const withoutDriver = {
  VK_DRIVER_FILES: '/nonexistent/driver.json',
  VK_ICD_FILENAMES: '/nonexistent/driver.json',
}

test('without a device --device webgpu is one line, before a run is made', {
  skip: needsBuild || (process.platform !== 'linux' && 'hides the device from the loader that Linux has'),
}, (t) => {
  const file = rowsFile(t)
  const out = join(file, '..', 'runs')
  const { LD_LIBRARY_PATH: _, ...env } = process.env
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [cli, 'train', file, '--device', 'webgpu', '--out', out],
    { encoding: 'utf8', env: { ...env, ...withoutDriver } },
  )
  assert.match(
    stderr,
    /^finesse: No WebGPU device on this machine \(.+\)\. Use the processor: device cpu\.\n$/,
  )
  assert.equal(stdout, '')
  assert.equal(status, 1)
  assert.ok(!existsSync(out))
})

const OPENED = `
import { openSession } from './src/trainer/engine/runtime.ts'
import { readFileSync } from 'node:fs'
const session = await openSession({ device: 'webgpu', threads: 1 }, readFileSync(process.argv[1]))
await session.run({ x: { type: 'float32', dims: [1], data: new Float32Array([-1]) } }, ['y'])
if (process.argv[2] === 'exit') process.exit(0)
`

test('a process ends well with a session that is still open', { skip }, (t) => {
  const file = join(temporaryFolder(t), 'abs.onnx')
  const value = (name: string) => ({ name, type: 'float32', dims: [1] }) as const
  const nodes = [{ op: 'Abs', inputs: ['x'], outputs: ['y'] }]
  writeFileSync(
    file,
    writeModel(makeModel({ opset: 18, nodes, inputs: [value('x')], outputs: [value('y')] })),
  )
  for (const how of ['return', 'exit']) {
    const flags = ['--import', 'tsx', '--input-type=module', '--eval', OPENED, file, how]
    const { status, signal, stderr } = spawnSync(process.execPath, flags, {
      cwd: fileURLToPath(root),
      encoding: 'utf8',
    })
    assert.deepEqual({ how, status, signal }, { how, status: 0, signal: null }, stderr)
  }
})
