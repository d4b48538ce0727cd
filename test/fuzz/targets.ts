import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { chooseColumns } from '../../src/data/columns.ts'
import { readExamples } from '../../src/data/examples.ts'
import { openTable } from '../../src/data/table.ts'
import { loadCheckpoint, saveCheckpoint } from '../../src/run/checkpoint.ts'
import { listRuns, openRun } from '../../src/run/folder.ts'
import { cutEvents, readEvents } from '../../src/run/metrics.ts'
import { readSafetensors } from '../../src/run/safetensors.ts'
import { RUN_SCHEMA } from '../../src/shared/run.ts'
import { recognise } from '../../src/trainer/autodiff/patterns.ts'
import { canonical } from '../../src/trainer/onnx/canonical.ts'
import { loadModel } from '../../src/trainer/onnx/load.ts'
import { locateModel } from '../../src/trainer/text/locate.ts'
import { openTokenizer } from '../../src/trainer/text/open-tokenizer.ts'
import { sampleRecord } from '../run/sample.ts'

/** A reader and what it is given. */
export interface Target {
  readonly name: string
  /** The path of the broken file inside a case's folder. */
  readonly file: string
  /** Sound files, which are broken. */
  readonly seeds: readonly Uint8Array[]
  /** Writes what lies around the file; once. */
  readonly surround: (folder: string) => void
  /** Reads it as Finesse does. */
  readonly read: (folder: string) => unknown
  /** Bytes of memory a byte of the file may cost, beside MEMORY_CONSTANT. */
  readonly memoryFactor: number
}

/** Memory that a reader may take whatever the file's size: pieces that it reads at a time, and what waits for collection. */
export const MEMORY_CONSTANT = 96 * 2 ** 20

const root = fileURLToPath(new URL('../../', import.meta.url))
const fixtures = join(root, 'test', 'fixtures')
const nothing = (): void => undefined
const bytes = (...path: readonly string[]): Uint8Array => readFileSync(join(...path))
const text = (content: string): Uint8Array => Buffer.from(content)

/** Files of a kind in a folder, where that is there. */
const filesIn = (folder: string, kind: string): readonly Uint8Array[] =>
  existsSync(folder)
    ? readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile() && extname(entry.name) === kind)
        .map((entry) => bytes(entry.parentPath, entry.name))
        .filter((content) => content.length < 300_000)
    : []

const headlines = bytes(root, 'media', 'samples', 'headlines.csv').subarray(0, 3000)
const rows = Buffer.from(headlines).toString('utf8').split('\n').slice(1, -1)
const objects = rows.map((row) => {
  const at = row.lastIndexOf(',')
  return { text: row.slice(0, at), label: row.slice(at + 1), id: at, more: [at, { a: null }] }
})

const readTable = async (path: string): Promise<void> => {
  const table = await openTable(path)
  for await (const _ of table.rows()) {
    // Every row is read.
  }
  await readExamples(table, await chooseColumns(table, { text: null, label: null }))
}

const table = (name: string, kind: string, seeds: readonly Uint8Array[], memoryFactor: number): Target => ({
  name,
  file: `rows.${kind}`,
  seeds,
  surround: nothing,
  read: (folder) => readTable(join(folder, `rows.${kind}`)),
  memoryFactor,
})

const record = {
  schema: RUN_SCHEMA,
  name: 'a',
  created: '2025-01-02T03:04:05.000Z',
  updated: '2025-01-02T03:04:05.000Z',
  ...sampleRecord,
}
const scores = { accuracy: 0.5, f1_macro: 0.5, f1_weighted: 0.5, auc: null, log_loss: 1 }
const events = [
  { event: 'phase', phase: 'train', time: 1 },
  { event: 'note', message: 'A note.', time: 1 },
  { event: 'step', step: 1, epoch: 1, loss: 1.5, lr: 0.1, gradient_norm: 2, tokens_per_second: 100, time: 2 },
  { event: 'epoch', step: 1, epoch: 1, train_loss: 1.5, valid: scores, best: true, time: 3 },
]

const tensors = new Map([
  ['weight', Float32Array.from({ length: 24 }, (_, i) => i / 7)],
  ['bias', new Float32Array(3)],
])
const withCheckpoint = (folder: string): void => {
  for (const step of [1, 2]) saveCheckpoint(folder, { step, tensors, state: { step } }, { best: step === 1 })
}
const checkpoint = (name: string, file: string, content: string): Target => ({
  name,
  file,
  seeds: [text(content)],
  surround: withCheckpoint,
  read: (folder) => [loadCheckpoint(folder, 'last'), loadCheckpoint(folder, 'best')],
  memoryFactor: 40,
})

const tokenizerFolder = (kind: string): string => join(fixtures, 'tokenizer', kind)
const TEXTS = ['Hello, world', 'naïve 外卖 \u{1f600}\u0000', ' ', `${'long '.repeat(200)}${'x'.repeat(300)}`]
const KINDS = ['bpe', 'unigram', 'wordpiece']
const tokenizer = (file: string, seeds: readonly Uint8Array[]): Target => ({
  name: file,
  file,
  seeds,
  surround: (folder) => cpSync(tokenizerFolder('wordpiece'), folder, { recursive: true }),
  read: (folder) => {
    const opened = openTokenizer(folder)
    return TEXTS.map((line) => opened.encode(line, 32))
  },
  memoryFactor: 80,
})

const modelConfig = text(
  JSON.stringify({
    model_type: 'bert',
    architectures: ['BertModel'],
    hidden_size: 64,
    pad_token_id: 0,
    eos_token_id: [1],
    max_position_embeddings: 512,
    id2label: { 0: 'a', 1: 'b' },
    finesse_pooling: 'mean',
  }),
)

/** A safetensors file whose parts are small enough that a change mostly hits something. */
const smallSafetensors = (): Uint8Array => {
  const header = JSON.stringify({
    __metadata__: { format: 'pt' },
    a: { dtype: 'F32', shape: [2, 3], data_offsets: [0, 24] },
    b: { dtype: 'I64', shape: [1], data_offsets: [24, 32] },
  })
  const length = Buffer.alloc(8)
  length.writeBigUInt64LE(BigInt(header.length))
  return Buffer.concat([length, text(header), Buffer.alloc(32, 1)])
}

export const TARGETS: readonly Target[] = [
  table(
    'csv',
    'csv',
    [headlines, text('\ufefftext;label\r\n"a ""b""\r\nc";x\r\nd;y\r\n'), text('a\tb\n1\t2\n')],
    40,
  ),
  table('jsonl', 'jsonl', [text(objects.map((object) => JSON.stringify(object)).join('\n'))], 60),
  table('json', 'json', [text(JSON.stringify(objects)), text(JSON.stringify(objects, null, 2))], 60),
  ...['parquet', 'xlsx'].flatMap((kind) => {
    const seeds = filesIn(fixtures, `.${kind}`)
    return seeds.length > 0 ? [table(kind, kind, seeds, 200)] : []
  }),
  {
    name: 'onnx',
    file: 'model.onnx',
    seeds: [
      ...filesIn(join(fixtures, 'onnx'), '.onnx'),
      ...filesIn(join(root, '..', 'shared', 'zoo', 'bert.torchscript'), '.onnx'),
    ],
    surround: (folder) => cpSync(join(fixtures, 'onnx', 'weights.bin'), join(folder, 'weights.bin')),
    read: (folder) => recognise(canonical(loadModel(join(folder, 'model.onnx')).graph)),
    memoryFactor: 150,
  },
  {
    name: 'safetensors',
    file: 'a.safetensors',
    seeds: [smallSafetensors(), bytes(fixtures, 'minilm-20-steps', 'head.safetensors').subarray(0, 3000)],
    surround: nothing,
    read: (folder) => readSafetensors(join(folder, 'a.safetensors')),
    memoryFactor: 40,
  },
  checkpoint('last.json', 'checkpoints/last.json', '{"step":2,"folder":"2"}\n'),
  checkpoint(
    'state.json',
    'checkpoints/2/state.json',
    '{"schema":1,"step":2,"state":{"step":2,"a":[1,2]}}\n',
  ),
  {
    name: 'run.json',
    file: 'a run/run.json',
    seeds: [text(JSON.stringify(record, null, 2))],
    surround: (folder) => mkdirSync(join(folder, 'a run')),
    read: (folder) => {
      listRuns(folder)
      return openRun(join(folder, 'a run'))
    },
    memoryFactor: 60,
  },
  {
    name: 'metrics.jsonl',
    file: 'metrics.jsonl',
    seeds: [text(events.map((event) => `${JSON.stringify(event)}\n`).join(''))],
    surround: nothing,
    read: (folder) => {
      const read = readEvents(folder)
      cutEvents(folder, 1)
      return read
    },
    memoryFactor: 60,
  },
  tokenizer(
    'tokenizer.json',
    KINDS.map((kind) => bytes(tokenizerFolder(kind), 'tokenizer.json')),
  ),
  tokenizer(
    'tokenizer_config.json',
    KINDS.map((kind) => bytes(tokenizerFolder(kind), 'tokenizer_config.json')),
  ),
  {
    name: 'config.json',
    file: 'config.json',
    seeds: [modelConfig],
    surround: (folder) => {
      cpSync(tokenizerFolder('wordpiece'), folder, { recursive: true })
      writeFileSync(join(folder, 'model.onnx'), '')
    },
    read: async (folder) => {
      await locateModel(folder)
      return openTokenizer(folder).encode('a', 8)
    },
    memoryFactor: 60,
  },
]
