import { textOf } from '../../data/model-text.ts'
import type { ResolvedOptions, RunOptions } from '../../shared/config.ts'
import { UserError } from '../../shared/error.ts'
import type { RunRecord } from '../../shared/run.ts'
import { cpuRuntime, type Runtime } from '../engine/runtime.ts'
import { checkWebgpu } from '../engine/webgpu-check.ts'
import { unreadable } from '../evaluation/advice.ts'
import { locateModel } from '../text/locate.ts'
import { openTextModel, type TextModel } from '../text/text-model.ts'
import type { Encoded } from '../text/tokenizer.ts'
import { optionWarnings } from './advice.ts'
import { lengthLimit, resolveOptions } from './defaults.ts'
import type { Journal, Report } from './journal.ts'
import { longSentence, readTexts } from './long-texts.ts'
import { type Data, prepareData, withLabelsOf } from './prepare.ts'
import { checkCompress } from './smaller-files.ts'
import { MOST_UNKNOWN, unknownShare } from './unknown-tokens.ts'

/** All that a run works on, read and checked. */
export interface Inputs {
  readonly data: Data
  readonly model: TextModel
  /** What is read of the rows, one after another: mostly one a row. */
  readonly encoded: readonly Encoded[]
  /** With windows the first one of each row, and behind the last row their number; else null. */
  readonly windows: Int32Array | null
  readonly options: ResolvedOptions
  readonly runtime: Runtime
}

/** @param begun the record of a run that goes on: with what it had decided, whatever would be decided today */
export const prepare = async (
  files: readonly string[],
  options: RunOptions,
  report: Report,
  begun: RunRecord | null = null,
): Promise<Inputs> => {
  const waiting = (phase: 'data' | 'model'): void =>
    report({ event: 'progress', phase, done: 0, total: 1, detail: null })
  checkCompress(options)
  waiting('data')
  const read = await prepareData(files, options)
  if (options.device === 'webgpu') await checkWebgpu()
  waiting('model')
  const located = await locateModel(options.model, {
    report: ({ file: name, received, total }) => {
      const amount = `${megabytes(received)}${total === null ? '' : ` of ${megabytes(total)}`} MB`
      report({
        event: 'progress',
        phase: 'model',
        done: received,
        total: total ?? 0,
        detail: `${name}, ${amount}`,
      })
    },
  })
  const runtime: Runtime = begun
    ? { device: 'cpu', threads: begun.versions.threads }
    : cpuRuntime(options.threads)
  // A hub model's folder does not tell its name.
  const model = await openTextModel(
    runtime,
    begun ? { ...located, id: begun.base.id } : located,
    read.cleaning.steps,
  )
  const data = withLabelsOf(read, begun?.data.labels ?? model.head?.labels ?? [])
  const limit = begun?.resolved?.max_length ?? lengthLimit(options, model.tokenizer)
  const { encoded, windows } = readTexts(data.examples.map(textOf), model.tokenizer, limit, options)
  const longest = encoded.reduce((most, { ids }) => Math.max(most, ids.length), 1)
  const resolved = begun?.resolved ?? resolveOptions(options, model, data.parts.train.length, longest)
  checkTrainable(model, resolved)
  return {
    data,
    model,
    encoded,
    windows,
    options: resolved,
    runtime: { ...runtime, device: resolved.device },
  }
}

const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(1)

/** Whether gradients can pass all that is to be trained: else the first step would be where a person hears of it. */
const checkTrainable = (
  { onnxFile, trainable: { layers, refusal, headRefusal } }: TextModel,
  { strategy }: ResolvedOptions,
): void => {
  if (headRefusal !== null) throw new UserError(`${onnxFile}: ${headRefusal}.`)
  if (refusal === null || strategy === 'head') return
  if (strategy !== 'full' && Number(strategy.slice('last:'.length)) <= layers) return
  const above = layers > 0 ? `, or --strategy last:${layers}, which trains what lies above` : ''
  throw new UserError(`${onnxFile}: ${refusal}${above}.`)
}

export const tellInputs = (journal: Journal, inputs: Inputs): void => {
  const { data, model, options } = inputs
  journal.phase('data')
  for (const message of data.notes) journal.tell({ event: 'note', message })
  const advice = optionWarnings(options, model.trunk.layers.length, data.parts.train.length)
  for (const message of [...data.warnings, ...advice]) journal.tell({ event: 'warning', message })
  const { layers, width, removed } = model.trunk
  journal.tell({
    event: 'note',
    message: `Model ${model.folder.id}: ${layers.length === 0 ? 'no attention layers' : counted(layers.length, 'layer')}, ${width} wide${removed.length > 0 ? `; what stands above its last hidden state is cut off (${counted(removed.length, 'node')})` : ''}.`,
  })
  const long = longSentence(inputs)
  if (long !== null) journal.tell(long)
  const unknown = unknownShare(inputs)
  if (unknown > MOST_UNKNOWN) journal.tell({ event: 'warning', message: unreadable(unknown) })
  journal.tell({
    event: 'note',
    message: `${whatIsTrained(options, layers.length)}; at most ${counted(options.max_length, 'token')} of a text.`,
  })
}

const whatIsTrained = (options: ResolvedOptions, layers: number): string => {
  const { strategy, embeddings, epochs, batch, lr } = options
  if (strategy === 'head') return 'Training the head alone'
  const what =
    strategy === 'full'
      ? `the whole model, ${embeddings === 'frozen' ? 'its embeddings frozen' : 'of its embeddings those that occur'}`
      : `the last ${strategy === 'last:1' ? 'layer' : `${strategy.slice('last:'.length)} layers`} of ${layers} and the head`
  return `Training ${what}: ${counted(epochs, 'epoch')} at most, batches of ${counted(batch, 'row')}, learning rate ${lr}`
}

const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`
