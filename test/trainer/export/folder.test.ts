import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { env, pipeline } from '@huggingface/transformers'
import * as v from 'valibot'
import { UserError } from '../../../src/shared/error.ts'
import { type ExportedModel, readModelFolder, writeModelFolder } from '../../../src/trainer/export/folder.ts'
import { locateModel } from '../../../src/trainer/text/locate.ts'
import { openTokenizer } from '../../../src/trainer/text/open-tokenizer.ts'
import { facts, tinyOnnx, tinyProbabilities, writeFiles } from './tiny-classifier.ts'

const root = fileURLToPath(new URL('../../../', import.meta.url))
const LABELS = ['ham', 'spam "and" more', '负面']
const MAX_LENGTH = 12
const TEXTS = ['hello world', 'The bank said', 'a b c', '今天', '', 'Prices rose [SEP] by']
const LONG = 'A warm, funny film that forgets to end. '.repeat(5)

function temporary(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'finesse-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** A base model whose own files hold what an export must not take over. */
async function exported(
  t: TestContext,
  kind: string,
  config: Record<string, unknown> | null,
): Promise<ExportedModel> {
  const base = join(temporary(t), 'tiny-base')
  if (kind === 'words') {
    const vocab = Object.fromEntries(
      ['[pad]', '[unk]', 'hello', 'world', 'bank', 'said'].map((word, i) => [word, i]),
    )
    writeFiles(base, {
      'tokenizer.json': {
        normalizer: { type: 'Lowercase' },
        pre_tokenizer: { type: 'Whitespace' },
        model: { type: 'WordLevel', vocab, unk_token: '[unk]' },
        added_tokens: [],
        post_processor: null,
        decoder: null,
      },
      'tokenizer_config.json': {
        tokenizer_class: 'LlamaTokenizer',
        padding_side: 'left',
        name_or_path: '/home/me',
      },
    })
  } else {
    cpSync(fileURLToPath(new URL(`../../fixtures/tokenizer/${kind}`, import.meta.url)), base, {
      recursive: true,
    })
  }
  if (config !== null) writeFiles(base, { 'config.json': config })
  writeFileSync(join(base, 'model.onnx'), 'the original graph')
  return {
    base: await locateModel(base),
    onnx: tinyOnnx(500, LABELS.length),
    labels: LABELS,
    maxLength: MAX_LENGTH,
    unsure: null,
    hidden: 4,
    clean: [],
    card: facts,
  }
}

const Prediction = v.array(v.object({ label: v.string(), score: v.number() }))

async function transformersJs(folder: string, texts: string[]): Promise<Map<string, number>[]> {
  env.localModelPath = dirname(folder)
  env.allowRemoteModels = false
  const classify = await pipeline('text-classification', basename(folder), {
    local_files_only: true,
    dtype: 'fp32',
  })
  const rows = await classify(texts, { top_k: LABELS.length })
  await classify.dispose()
  return v
    .parse(v.array(Prediction), rows)
    .map((row) => new Map(row.map(({ label, score }) => [label, score])))
}

function near(actual: ReadonlyMap<string, number>, expected: readonly number[], what: string): void {
  assert.deepEqual([...actual.keys()].sort(), [...LABELS].sort())
  LABELS.forEach((label, i) => {
    const difference = Math.abs((actual.get(label) ?? Number.NaN) - (expected[i] ?? 0))
    assert.ok(difference < 1e-5, `${what}: ${label} ${actual.get(label)} instead of ${expected[i]}`)
  })
}

const CASES: readonly (readonly [string, string, Record<string, unknown> | null])[] = [
  [
    'an encoder that transformers.js knows',
    'bpe',
    { model_type: 'roberta', architectures: ['RobertaModel'] },
  ],
  [
    'an encoder that it does not know',
    'wordpiece',
    { model_type: 'static-embedding', 'transformers.js_config': { use_external_data_format: true } },
  ],
  ['a decoder', 'unigram', { model_type: 't5', is_encoder_decoder: true, torch_dtype: 'float16' }],
  ['words alone, made for padding on the left', 'words', { model_type: 'llama', num_key_value_heads: 2 }],
  ['a folder without config.json', 'wordpiece', null],
]
for (const [what, kind, config] of CASES) {
  test(`transformers.js predicts with ${what}`, async (t) => {
    const model = await exported(t, kind, config)
    const folder = join(temporary(t), 'model')
    writeModelFolder(folder, model)
    const tokenizer = openTokenizer(folder)
    const { labels, maxLength } = readModelFolder(folder)
    assert.deepEqual(labels, LABELS)
    assert.equal(maxLength, MAX_LENGTH)
    assert.equal(tokenizer.modelMaxLength, MAX_LENGTH)
    const texts = TEXTS.filter((text) => {
      const { length } = tokenizer.encode(text, MAX_LENGTH)
      return length > 0 && length <= MAX_LENGTH
    })
    assert.ok(texts.length >= 3)
    const predicted = await transformersJs(folder, texts)
    texts.forEach((text, i) => {
      near(
        predicted[i] ?? new Map(),
        tinyProbabilities(tokenizer.encode(text, MAX_LENGTH), LABELS.length),
        text,
      )
    })
  })
}

test('the configuration keeps the original and tells what it became', async (t) => {
  const folder = join(temporary(t), 'model')
  writeModelFolder(
    folder,
    await exported(t, 'wordpiece', {
      model_type: 'static-embedding',
      vocab_size: 200,
      _name_or_path: '/home/me/model',
      torch_dtype: 'float16',
    }),
  )
  const read = (name: string): unknown => JSON.parse(readFileSync(join(folder, name), 'utf8'))
  assert.deepEqual(read('config.json'), {
    model_type: 'bert',
    vocab_size: 200,
    architectures: ['BertForSequenceClassification'],
    hidden_size: 4,
    num_labels: 3,
    id2label: { 0: 'ham', 1: 'spam "and" more', 2: '负面' },
    label2id: { ham: 0, 'spam "and" more': 1, 负面: 2 },
    problem_type: 'single_label_classification',
    finesse_base_model: 'tiny-base',
    finesse_pooling: 'mean',
    finesse_base_model_type: 'static-embedding',
  })
  const { truncation, padding } = v.parse(
    v.looseObject({ truncation: v.unknown(), padding: v.unknown() }),
    read('tokenizer.json'),
  )
  assert.deepEqual(truncation, { direction: 'Right', max_length: 12, strategy: 'LongestFirst', stride: 0 })
  assert.equal(padding, null)
  assert.deepEqual(read('tokenizer_config.json'), {
    model_max_length: 12,
    tokenizer_class: 'BertTokenizer',
    pad_token: '[PAD]',
    unk_token: '[UNK]',
    padding_side: 'right',
    truncation_side: 'right',
  })
})

test('equal models are equal bytes wherever they are written, and hold no path', async (t) => {
  const model = await exported(t, 'bpe', { model_type: 'roberta', _name_or_path: '/home/me/base' })
  const folders = [join(temporary(t), 'model'), join(temporary(t), 'other')]
  for (const folder of folders) writeModelFolder(folder, model)
  const [first, second] = folders.map((folder) =>
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => [entry.name, readFileSync(join(entry.parentPath, entry.name), 'latin1')])
      .sort(),
  )
  assert.deepEqual(
    first?.map(([name]) => name),
    ['README.md', 'config.json', 'model.onnx', 'tokenizer.json', 'tokenizer_config.json'],
  )
  assert.deepEqual(first, second)
  const bytes = JSON.stringify(first)
  for (const path of [...folders, model.base.folder, '/home/me']) assert.ok(!bytes.includes(path), path)
})

test("training goes on from an export under its base model's name, pooling and labels", async (t) => {
  const model = await exported(t, 'bpe', { model_type: 'roberta' })
  const run = temporary(t)
  writeFiles(run, { 'run.json': {} })
  writeModelFolder(join(run, 'model'), model)
  const base = await locateModel(run)
  assert.deepEqual([base.kind, base.id, base.pooling], ['run', 'tiny-base', 'mean'])
  assert.deepEqual(Object.values(base.config?.id2label ?? {}), LABELS)
  writeModelFolder(join(run, 'again'), { ...model, base })
  const [first, again] = ['model', 'again'].map((name): unknown =>
    JSON.parse(readFileSync(join(run, name, 'config.json'), 'utf8')),
  )
  assert.deepEqual(again, first)
})

test('what was there stays, and nothing half-written is left', async (t) => {
  const model = await exported(t, 'bpe', { model_type: 'roberta' })
  const parent = temporary(t)
  const folder = join(parent, 'model')
  const refused = (at: string, message: RegExp) =>
    assert.throws(
      () => writeModelFolder(at, model),
      (error) => error instanceof UserError && message.test(error.message),
    )
  mkdirSync(folder)
  writeModelFolder(folder, model)
  writeFileSync(join(folder, 'notes.txt'), 'mine')
  refused(folder, /model already holds files/)
  assert.equal(readFileSync(join(folder, 'notes.txt'), 'utf8'), 'mine')
  writeModelFolder(folder, model, { replace: true })
  assert.ok(!readdirSync(folder).includes('notes.txt'))
  refused(join(folder, 'README.md', 'model'), /could not be written to .*a part of this path is a file/)
  assert.deepEqual(readdirSync(parent), ['model'])
})

test('a folder that is no classifier is refused by name', async (t) => {
  const folder = temporary(t)
  assert.throws(() => readModelFolder(folder), /holds no onnx\/model\.onnx/)
  mkdirSync(join(folder, 'onnx'))
  writeFileSync(join(folder, 'onnx', 'model.onnx'), '')
  writeFiles(folder, { 'config.json': { model_type: 'bert' } })
  assert.throws(() => readModelFolder(folder), /is no classifier: its config\.json has no labels/)
})

const python = process.env.FINESSE_PYTHON || 'python3'
const hasPython = spawnSync(python, ['-c', 'import numpy, onnxruntime, tokenizers']).status === 0
const needsPython = hasPython ? false : `${python} has no onnxruntime and tokenizers (set FINESSE_PYTHON)`

test('Python predicts the same, long texts too', { skip: needsPython }, async (t) => {
  for (const [, kind, config] of CASES) {
    const folder = join(temporary(t), 'model')
    writeModelFolder(folder, await exported(t, kind, config))
    const tokenizer = openTokenizer(folder)
    const texts = [...TEXTS, LONG].filter((text) => tokenizer.encode(text, MAX_LENGTH).length > 0)
    const { stdout, stderr } = spawnSync(python, [join(root, 'scripts', 'check_export.py'), folder], {
      input: texts.map((text) => JSON.stringify(text)).join('\n'),
      encoding: 'utf8',
    })
    const lines = stdout.trim().split('\n')
    assert.equal(lines.length, texts.length, stderr)
    const Line = v.object({ label: v.string(), probabilities: v.record(v.string(), v.number()) })
    texts.forEach((text, i) => {
      const { probabilities } = v.parse(Line, JSON.parse(lines[i] ?? ''))
      near(
        new Map(Object.entries(probabilities)),
        tinyProbabilities(tokenizer.encode(text, MAX_LENGTH), LABELS.length),
        text,
      )
    })
  }
})
