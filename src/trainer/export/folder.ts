import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readdirSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import * as v from 'valibot'
import { rename, syncFolder, systemReason, writeAll } from '../../data/atomic-write.ts'
import { isTextStep } from '../../data/clean/steps.ts'
import type { Step } from '../../shared/clean-steps.ts'
import type { Dtype } from '../../shared/compression.ts'
import type { Long, TaskName } from '../../shared/config.ts'
import { UserError } from '../../shared/error.ts'
import { t } from '../../shared/l10n.ts'
import { withCleaning } from '../text/cleaning.ts'
import { readJsonFile } from '../text/json-file.ts'
import type { ModelFolder } from '../text/locate.ts'
import { ModelConfig } from '../text/model-config.ts'
import { openTokenizer } from '../text/open-tokenizer.ts'
import { baseFacts } from './base-facts.ts'
import { dtypesIn, fileOf } from './dtype.ts'
import { type CardFacts, modelCard } from './model-card.ts'
import { classifierClass } from './model-class.ts'
import { isOfNumbers, type NumberCardFacts, numberCard } from './number-card.ts'

export interface ExportedModel {
  readonly base: ModelFolder
  /** First output `logits`, [rows, labels]. */
  readonly onnx: Uint8Array
  /** In the order of the logits; of numbers, the name of the column. */
  readonly labels: readonly string[]
  /** Tokens of a text that the model reads, special tokens included. */
  readonly maxLength: number
  /** Below this probability its answer is called unsure; null: no such is known, or it predicts numbers. */
  readonly unsure: number | null
  /** Width of the last hidden state. */
  readonly hidden: number
  /** Cleaning that the tokenizer does before the base's own normalizer. */
  readonly clean: readonly Step[]
  readonly card: CardFacts | NumberCardFacts
}

const Json = v.record(v.string(), v.unknown())
type Json = v.InferOutput<typeof Json>

/**
 * Writes a classifier in Hugging Face layout, so that Finesse, transformers.js and Python load it. Equal models
 * give equal bytes. The folder appears whole or not at all; one that already holds something is refused, or,
 * with `replace`, replaced.
 */
export function writeModelFolder(folder: string, model: ExportedModel, { replace = false } = {}): void {
  writeFolder(folder, modelFiles(model), { replace })
}

/**
 * Writes files by their names with `/`, of which one at least lies in `onnx/`: all of them or none. A folder that
 * already holds something is refused, or, with `replace`, replaced.
 */
export function writeFolder(
  folder: string,
  files: ReadonlyMap<string, Uint8Array>,
  { replace = false } = {},
): void {
  const temporary = `${folder}.${process.pid}.tmp`
  const old = `${folder}.${process.pid}.old`
  try {
    const present = existsSync(folder)
    if (present && !replace && readdirSync(folder).length > 0) {
      throw new UserError(t`${folder} already holds files. Choose a new or an empty folder.`)
    }
    rmSync(temporary, { recursive: true, force: true })
    mkdirSync(join(temporary, 'onnx'), { recursive: true })
    for (const [name, bytes] of files) writeDurably(join(temporary, ...name.split('/')), bytes)
    syncFolder(join(temporary, 'onnx'))
    syncFolder(temporary)
    if (present) rename(folder, old)
    rename(temporary, folder)
    rmSync(old, { recursive: true, force: true })
    syncFolder(dirname(folder))
  } catch (error) {
    if (!existsSync(folder) && existsSync(old)) rename(old, folder)
    if (existsSync(temporary)) rmSync(temporary, { recursive: true })
    const reason = systemReason(error)
    if (reason === null) throw error
    throw new UserError(t`The model could not be written to ${folder}: ${reason}. Choose another folder.`)
  }
}

function writeDurably(file: string, bytes: Uint8Array): void {
  const fd = openSync(file, 'w')
  try {
    writeAll(fd, bytes)
    fsyncSync(fd)
  } finally {
    closeSync(fd)
  }
}

/** The files by their name with `/`. */
function modelFiles(model: ExportedModel): Map<string, Uint8Array> {
  const { base, onnx } = model
  const tokenizer = readJsonFile(join(base.folder, 'tokenizer.json'), Json)
  if (tokenizer === null)
    throw new UserError(t`${base.folder} holds no tokenizer.json any more. Put it back.`)
  const files = new Map<string, Uint8Array>([
    ['config.json', pretty(classifierConfig(model))],
    ['tokenizer.json', Buffer.from(JSON.stringify(classifierTokenizer(tokenizer, model)))],
    ['tokenizer_config.json', pretty(tokenizerConfig(model))],
    ['onnx/model.onnx', onnx],
    ['README.md', Buffer.from(cardOf(model))],
  ])
  const specials = readJsonFile(join(base.folder, 'special_tokens_map.json'), Json)
  if (specials !== null) files.set('special_tokens_map.json', pretty(specials))
  return files
}

const cardOf = ({ base, labels, maxLength, card, clean }: ExportedModel): string =>
  isOfNumbers(card)
    ? numberCard(baseFacts(base), labels[0] ?? '', maxLength, card, clean)
    : modelCard(baseFacts(base), labels, maxLength, card, clean)

export const pretty = (value: Json): Uint8Array => Buffer.from(`${JSON.stringify(value, null, 2)}\n`)

/**
 * Of the base's configuration these do not hold for the export: where it came from, its own Python code, and
 * how its own ONNX files are stored.
 */
const STALE_CONFIG = [
  '_name_or_path',
  'auto_map',
  'dtype',
  'finesse_clean',
  'finesse_pair',
  'finesse_unsure',
  'quantization_config',
  'torch_dtype',
  'transformers.js_config',
]

function classifierConfig({ base, labels, unsure, hidden, clean, card }: ExportedModel): Json {
  const steps = clean.filter(isTextStep)
  const original = base.config?.model_type ?? null
  const { modelType, architecture } = classifierClass(original)
  return {
    ...without(base.config ?? {}, STALE_CONFIG),
    model_type: modelType,
    architectures: [architecture],
    hidden_size: hidden,
    num_labels: labels.length,
    id2label: Object.fromEntries(labels.map((label, i) => [String(i), label])),
    label2id: Object.fromEntries(labels.map((label, i) => [label, i])),
    problem_type: isOfNumbers(card) ? 'regression' : 'single_label_classification',
    finesse_base_model: base.id,
    finesse_pooling: card.options.pooling,
    ...(card.options.long === 'truncate' ? {} : { finesse_long: card.options.long }),
    ...(card.pair ? { finesse_pair: card.pair } : {}),
    ...(steps.length > 0 ? { finesse_clean: steps } : {}),
    ...(unsure === null ? {} : { finesse_unsure: unsure }),
    ...(original === null || original === modelType ? {} : { finesse_base_model_type: original }),
  }
}

function classifierTokenizer(tokenizer: Json, { base, clean, maxLength }: ExportedModel): Json {
  const normalizer = withCleaning(tokenizer.normalizer ?? null, base.config?.finesse_clean ?? [], clean)
  return {
    added_tokens: [],
    pre_tokenizer: null,
    post_processor: null,
    decoder: null,
    ...tokenizer,
    normalizer,
    truncation: { direction: 'Right', max_length: maxLength, strategy: 'LongestFirst', stride: 0 },
    padding: null,
  }
}

const STALE_TOKENIZER = [
  '_name_or_path',
  'auto_map',
  'name_or_path',
  'special_tokens_map_file',
  'tokenizer_file',
]
const SPECIAL_TOKENS = [
  'bos_token',
  'eos_token',
  'unk_token',
  'sep_token',
  'pad_token',
  'cls_token',
  'mask_token',
]
const AddedToken = v.looseObject({ content: v.string() })

/**
 * The graph pools over texts padded on the right. transformers.js takes special tokens as plain texts alone,
 * wants a padding token for every batch, reads the unknown token of a word-level model here alone, and pads on
 * the left whatever is set here if the class is LlamaTokenizer. Python's transformers 5 makes the normalizer of a
 * class that it knows anew, without what cleans: only by the general class does it read tokenizer.json as it is. But by
 * that transformers.js numbers the two texts of a pair alike, so that models of pairs keep theirs.
 */
function tokenizerConfig({ base: { folder }, clean, maxLength, card }: ExportedModel): Json {
  const config = readJsonFile(join(folder, 'tokenizer_config.json'), Json) ?? {}
  const specials = readJsonFile(join(folder, 'special_tokens_map.json'), Json) ?? {}
  const tokens = SPECIAL_TOKENS.flatMap((key) => {
    const token = config[key] ?? specials[key]
    const text = v.is(AddedToken, token) ? token.content : token
    return typeof text === 'string' ? [[key, text] as const] : []
  })
  const tokenizer = openTokenizer(folder)
  const padding = tokenizer.token(tokenizer.padId)
  const unknown = tokenizer.unknownId === null ? null : tokenizer.token(tokenizer.unknownId)
  const named = config.tokenizer_class
  const keepsClass = typeof named === 'string' && ((card.pair ?? null) !== null || !clean.some(isTextStep))
  return {
    ...without(config, [...STALE_TOKENIZER, ...SPECIAL_TOKENS]),
    ...Object.fromEntries(tokens),
    ...(unknown === null ? {} : { unk_token: unknown }),
    ...(padding === null ? {} : { pad_token: padding }),
    tokenizer_class: keepsClass && !/^Llama/.test(named) ? named : 'PreTrainedTokenizerFast',
    model_max_length: maxLength,
    padding_side: 'right',
    truncation_side: 'right',
  }
}

const without = (value: Json, keys: readonly string[]): Json =>
  Object.fromEntries(Object.entries(value).filter(([key]) => !keys.includes(key)))

/** An exported classifier, as far as Finesse must know it to predict: the graph holds all else. */
export interface Classifier {
  readonly task: TaskName
  readonly folder: string
  readonly onnxFile: string
  /** In the order of the logits. */
  readonly labels: readonly string[]
  readonly maxLength: number
  /** How texts are read that are longer. */
  readonly long: Long
  /** Of a model of pairs the columns it was trained on; null: it reads one text. */
  readonly pair: readonly [text: string, pair: string] | null
  /** Below this probability an answer is called unsure; null: the model does not say. */
  readonly unsure: number | null
}

const Truncated = v.looseObject({
  truncation: v.nullish(v.looseObject({ max_length: v.nullish(v.number()) })),
})

/** Reads a folder that `writeModelFolder` wrote. */
export function readModelFolder(folder: string, dtype: Dtype = 'fp32'): Classifier {
  const onnxFile = join(folder, ...fileOf(dtype).split('/'))
  if (!existsSync(onnxFile)) {
    const others = dtypesIn(folder)
    if (others.length > 0)
      throw new UserError(
        t`${folder} holds no ${fileOf(dtype)}; its files are ${others.join(', ')}. Export the run again with smaller files to have one.`,
      )
    throw new UserError(t`${folder} holds no onnx/model.onnx. Give the model folder of a finished run.`)
  }
  const config = readJsonFile(join(folder, 'config.json'), ModelConfig)
  const names = config?.id2label ?? {}
  const labels = Object.keys(names).flatMap((_, i) => names[String(i)] ?? [])
  const task = config?.problem_type === 'regression' && labels.length === 1 ? 'regress' : 'classify'
  if ((task === 'classify' && labels.length < 2) || labels.length !== Object.keys(names).length) {
    throw new UserError(
      t`${folder} is no classifier: its config.json has no labels (id2label). Train one, with this folder as base model.`,
    )
  }
  const stored = readJsonFile(join(folder, 'tokenizer.json'), Truncated)?.truncation?.max_length
  const maxLength = stored ?? openTokenizer(folder).modelMaxLength ?? 512
  return {
    task,
    folder,
    onnxFile,
    labels,
    maxLength,
    pair: config?.finesse_pair ?? null,
    unsure: config?.finesse_unsure ?? null,
    long: config?.finesse_long ?? 'truncate',
  }
}
