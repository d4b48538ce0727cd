import { textOf } from '../../data/model-text.ts'
import { loraRank, type ResolvedOptions, type RunOptions } from '../../shared/config.ts'
import { rowCount } from '../../shared/counts.ts'
import { UserError } from '../../shared/error.ts'
import { t } from '../../shared/l10n.ts'
import type { RunRecord } from '../../shared/run.ts'
import { recognise } from '../autodiff/patterns.ts'
import { checkDevice } from '../engine/device-check.ts'
import { cpuRuntime, type Runtime } from '../engine/runtime.ts'
import { describeTensorFlow, loadTensorFlow } from '../engine/tfjs/load.ts'
import type { TensorFlow } from '../engine/tfjs/operator.ts'
import { operatorOf } from '../engine/tfjs/operators.ts'
import { unreadable } from '../evaluation/advice.ts'
import { locateModel } from '../text/locate.ts'
import { openTextModel, type TextModel } from '../text/text-model.ts'
import type { Encoded } from '../text/tokenizer.ts'
import { optionWarnings } from './advice.ts'
import { lengthLimit, resolveOptions } from './defaults.ts'
import { checkCompress } from './finish/smaller-files.ts'
import type { Journal, Report } from './journal.ts'
import { longSentence, readTexts } from './long-texts.ts'
import { type Data, prepareData, withLabelsOf } from './prepare.ts'
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
  /** What is said of the second engine, where that is the one. */
  readonly engine: string | null
  readonly runtime: Runtime
  /** What a step takes, where the device was chosen by it. */
  readonly times: DeviceTimes | null
}

/** Milliseconds of a step of the training on each device; null where it failed, and by what. */
export interface DeviceTimes {
  readonly cpu: number
  readonly webgpu: number | null
  readonly failure: string | null
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
  const tensorFlow = options.engine === 'tfjs' ? await openTensorFlow(options) : null
  if (!tensorFlow && begun === null && options.device !== 'auto') await checkDevice(options.device)
  waiting('model')
  const located = await locateModel(options.model, {
    report: ({ file: name, received, total }) => {
      const amount =
        total === null ? t`${megabytes(received)} MB` : t`${megabytes(received)} of ${megabytes(total)} MB`
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
  if (tensorFlow) for (const node of recognise(model.graph).nodes) operatorOf(node)
  return {
    data,
    model,
    encoded,
    windows,
    options: resolved,
    engine: tensorFlow && describeTensorFlow(tensorFlow),
    runtime: { ...runtime, device: resolved.engine === 'tfjs' ? 'tfjs' : resolved.device },
    times: null,
  }
}

/** Before anything is made. TensorFlow.js has a device of its own, so none can be asked for. */
const openTensorFlow = async ({ device }: RunOptions): Promise<TensorFlow> => {
  if (device !== 'auto' && device !== 'cpu')
    throw new UserError(
      t`Device ${device} is for the engine onnxruntime; TensorFlow.js has a device of its own. Leave one of the two out.`,
      'usage',
    )
  return loadTensorFlow()
}

const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(1)

/** Whether gradients can pass all that is to be trained: else the first step would be where a person hears of it. */
const checkTrainable = (
  { onnxFile, trainable: { layers, refusal, headRefusal } }: TextModel,
  { strategy }: ResolvedOptions,
): void => {
  if (headRefusal !== null) throw new UserError(t`${onnxFile}: ${headRefusal}.`)
  if (refusal === null || strategy === 'head') return
  if (strategy.startsWith('last:') && Number(strategy.slice('last:'.length)) <= layers) return
  throw new UserError(
    layers > 0
      ? t`${onnxFile}: ${refusal}, or the strategy last:${layers}, which trains what lies above.`
      : t`${onnxFile}: ${refusal}.`,
  )
}

export const tellInputs = (journal: Journal, inputs: Inputs): void => {
  const { data, model, options } = inputs
  journal.phase('data')
  for (const message of data.notes) journal.tell({ event: 'note', message })
  const advice = optionWarnings(options, model.trunk.layers.length, data.parts.train.length)
  for (const message of [...data.warnings, ...advice]) journal.tell({ event: 'warning', message })
  const { layers, width, removed } = model.trunk
  const size = layers.length === 0 ? t`no attention layers` : layerCount(layers.length)
  journal.tell({
    event: 'note',
    message:
      removed.length > 0
        ? t`Model ${model.folder.id}: ${size}, ${width} wide; what stands above its last hidden state is cut off (${nodeCount(removed.length)}).`
        : t`Model ${model.folder.id}: ${size}, ${width} wide.`,
  })
  if (inputs.times !== null) journal.tell({ event: 'note', message: whyDevice(inputs.times, options.device) })
  if (inputs.engine !== null) journal.tell({ event: 'note', message: inputs.engine })
  const long = longSentence(inputs)
  if (long !== null) journal.tell(long)
  const unknown = unknownShare(inputs)
  if (unknown > MOST_UNKNOWN) journal.tell({ event: 'warning', message: unreadable(unknown) })
  journal.tell({
    event: 'note',
    message: whatIsTrained(options, layers.length),
  })
}

const whyDevice = ({ cpu, webgpu, failure }: DeviceTimes, chosen: ResolvedOptions['device']): string => {
  if (webgpu === null)
    return t`Training on the processor: WebGPU failed when it was tried (${failure ?? ''}).`
  const [onProcessor, onDevice] = [cpu, webgpu].map((ms) => String(Number(ms.toPrecision(3))))
  return chosen === 'cpu'
    ? t`Training on the processor: a step takes ${onProcessor ?? ''} ms there, and ${onDevice ?? ''} ms on WebGPU.`
    : t`Training on WebGPU: a step takes ${onDevice ?? ''} ms there, and ${onProcessor ?? ''} ms on the processor.`
}

const whatIsTrained = (options: ResolvedOptions, layers: number): string => {
  const { strategy, epochs, batch, lr } = options
  const tokens = tokenCount(options.max_length)
  return strategy === 'head'
    ? t`Training the head alone; at most ${tokens} of a text.`
    : t`Training ${partTrained(options, layers)}: ${epochCount(epochs)} at most, batches of ${rowCount(batch)}, learning rate ${lr}; at most ${tokens} of a text.`
}

const partTrained = ({ strategy, embeddings }: ResolvedOptions, layers: number): string => {
  if (strategy === 'full')
    return embeddings === 'frozen'
      ? t`the whole model, its embeddings frozen`
      : t`the whole model, of its embeddings those that occur`
  const rank = loraRank(strategy)
  if (rank !== null) return t`an addition of rank ${rank} to every linear layer and the head (LoRA)`
  return strategy === 'last:1'
    ? t`the last layer of ${layers} and the head`
    : t`the last ${strategy.slice('last:'.length)} layers of ${layers} and the head`
}

const layerCount = (count: number): string => (count === 1 ? t`${count} layer` : t`${count} layers`)
const nodeCount = (count: number): string => (count === 1 ? t`${count} node` : t`${count} nodes`)
const tokenCount = (count: number): string => (count === 1 ? t`${count} token` : t`${count} tokens`)
const epochCount = (count: number): string => (count === 1 ? t`${count} epoch` : t`${count} epochs`)
