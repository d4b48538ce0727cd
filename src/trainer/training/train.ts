import { basename, join } from 'node:path'
import * as v from 'valibot'
import type { ResolvedOptions, RunOptions } from '../../shared/config.ts'
import { UserError } from '../../shared/error.ts'
import { type Before, type RunEvaluation, Scores } from '../../shared/evaluation.ts'
import type { DoneEvent } from '../../shared/events.ts'
import type { RunRecord } from '../../shared/run.ts'
import { cpuRuntime, floatOutput, type Runtime, runtimeVersion } from '../engine/runtime.ts'
import { specialise } from '../engine/specialise.ts'
import type { WeightedGraph } from '../engine/weights.ts'
import { evaluate, scoresOf } from '../evaluation/metrics.ts'
import { headLogits, trainProbe } from '../evaluation/probe.ts'
import { softmaxRows } from '../evaluation/softmax.ts'
import { exportChecked } from '../export/export.ts'
import { exportGraph } from '../export/graph.ts'
import { atomicWrite } from '../run/atomic-write.ts'
import { type Checkpoint, loadCheckpoint, saveCheckpoint } from '../run/checkpoint.ts'
import { holdControl } from '../run/control.ts'
import { createRun, readRecord } from '../run/folder.ts'
import { cutEvents } from '../run/metrics.ts'
import { findParameters } from '../structure/parameters.ts'
import { HEAD_BIAS, HEAD_WEIGHT, type Head, LOGITS, LOSS } from '../tasks/classification.ts'
import { locateModel } from '../text/locate.ts'
import { openTextModel, type TextModel } from '../text/text-model.ts'
import type { Encoded } from '../text/tokenizer.ts'
import { version } from '../version.ts'
import { loadBefore, measureSimple, saveBefore, scoresOn, targetsOf, textsOf } from './before.ts'
import { resolveOptions } from './defaults.ts'
import { computeFeatures, type Features } from './features.ts'
import { Journal, type Report } from './journal.ts'
import { type Loop, type LoopState, newMoments, stepsPerEpoch, trainLoop, weightOf } from './loop.ts'
import { BOUNDARY, type Division, featureNetwork, headedNetwork, upperPart } from './network.ts'
import { type Data, prepareData, sha256 } from './prepare.ts'
import { breathe, forwardRows, type RowSource, rowFeeds, Stopped } from './rows.ts'
import type { Trainables } from './step.ts'

export interface TrainRequest {
  readonly file: string
  readonly options: RunOptions
  /** The folder in which the run's folder is made. */
  readonly out: string
  readonly name: string | null
}

export type Ending =
  | { readonly kind: 'done'; readonly done: DoneEvent; readonly run: string }
  | { readonly kind: 'interrupted'; readonly run: string }

/** All that a run works on, read and checked. */
interface Inputs {
  readonly data: Data
  readonly model: TextModel
  readonly encoded: readonly Encoded[]
  readonly options: ResolvedOptions
  readonly runtime: Runtime
}

/** Fine-tunes a model on a file: checks everything, makes the run's folder, and works until done or stopped. */
export const train = async (request: TrainRequest, report: Report, stop: AbortSignal): Promise<Ending> => {
  const inputs = await prepare(request.file, request.options, report)
  const { data, model, options, runtime } = inputs
  const { train: trainRows, valid, test } = data.parts
  const run = createRun({
    out: request.out,
    name: request.name ?? basename(request.file).replace(/\.[^.]+$/, ''),
    record: {
      status: 'running',
      error: null,
      options: request.options,
      resolved: options,
      data: {
        ...data.files,
        text: data.columns.text,
        label: data.columns.label,
        labels: [...data.labels],
        split: { train: trainRows.length, valid: valid.length, test: test.length },
      },
      base: {
        model: request.options.model,
        folder: model.folder.folder,
        sha256: await sha256(model.onnxFile),
        layers: model.trunk.layers.length,
        hidden: model.trunk.width,
      },
      progress: { epoch: 0, step: 0, steps: stepsPerEpoch(trainRows.length, options.batch) * options.epochs },
      seconds: 0,
      train_seconds: 0,
      peak_rss_mb: 0,
      test: null,
      versions: {
        finesse: version,
        node: process.versions.node,
        onnxruntime: runtimeVersion,
        platform: `${process.platform}-${process.arch}`,
        threads: runtime.threads,
      },
    },
  })
  return work(new Journal(run.path, run.record, report), inputs, stop)
}

/** Goes on with an interrupted or killed run from its last checkpoint. */
export const resume = async (path: string, report: Report, stop: AbortSignal): Promise<Ending> => {
  const record = readRecord(path)
  const inputs = await prepare(record.data.train.path, withFiles(record), report)
  for (const part of ['train', 'valid', 'test'] as const)
    if (inputs.data.files[part]?.sha256 !== record.data[part]?.sha256)
      throw new UserError(
        `${record.data[part]?.path}: the file changed since the run began, so the run cannot go on. Start a new one with finesse train.`,
      )
  if ((await sha256(inputs.model.onnxFile)) !== record.base.sha256)
    throw new UserError(
      `${inputs.model.onnxFile}: the base model changed since the run began, so the run cannot go on. Start a new one with finesse train.`,
    )
  return work(new Journal(path, record, report), inputs, stop)
}

/** The options of a run, its files by their absolute paths. */
const withFiles = ({ options, data, base }: RunRecord): RunOptions => ({
  ...options,
  model: options.model === 'embedded' ? 'embedded' : base.folder,
  valid: data.valid?.path ?? null,
  test: data.test?.path ?? null,
  text: data.text,
  label: data.label,
})

const prepare = async (file: string, options: RunOptions, report: Report): Promise<Inputs> => {
  const data = await prepareData(file, options)
  const folder = await locateModel(options.model, {
    report: ({ file: name, received, total }) =>
      report({ event: 'progress', phase: 'model', done: received, total: total ?? 0, detail: name }),
  })
  const runtime = cpuRuntime()
  const model = await openTextModel(runtime, folder)
  const whole = model.tokenizer.modelMaxLength ?? Number.MAX_SAFE_INTEGER
  const lengths = data.examples.map(({ text }) => model.tokenizer.encode(text, Math.min(whole, 8192)).length)
  const resolved = resolveOptions(options, { model, trainRows: data.parts.train.length, lengths })
  const encoded = data.examples.map(({ text }) => model.tokenizer.encode(text, resolved.max_length))
  return { data, model, encoded, options: resolved, runtime: { ...runtime, device: resolved.device } }
}

const work = async (journal: Journal, inputs: Inputs, stop: AbortSignal): Promise<Ending> => {
  const asked = new AbortController()
  const control = await holdControl(journal.path, () => asked.abort())
  try {
    journal.save({ status: 'running', error: null })
    const done = await stages(journal, inputs, AbortSignal.any([stop, asked.signal]))
    return { kind: 'done', done, run: journal.path }
  } catch (error) {
    if (error instanceof Stopped) {
      journal.save({ status: 'interrupted' })
      return { kind: 'interrupted', run: journal.path }
    }
    const message = error instanceof Error ? error.message : String(error)
    journal.save({ status: 'failed', error: message.split('\n')[0] ?? '' })
    throw error
  } finally {
    await control.close()
  }
}

const stages = async (journal: Journal, inputs: Inputs, stop: AbortSignal): Promise<DoneEvent> => {
  const { data, model, options, runtime } = inputs
  const checkpoint = loadCheckpoint(journal.path, 'last')
  cutEvents(journal.path, checkpoint?.step ?? null)
  if (!checkpoint) tellInputs(journal, inputs)

  const features = await measureFeatures(journal, inputs, stop)
  const { before, head: probe } = await measureBefore(journal, inputs, features, stop)
  try {
    const base = featureNetwork(model, options.pooling)
    const head = keptHead(model, data) ?? probe
    const network = headedNetwork(base, head)
    const trainables = await findTrainables(runtime, network, features.division, inputs, features.source)
    const parts = { network, division: features.division, source: features.source, trainables }
    if (options.strategy !== 'head') await fineTune(journal, inputs, parts, checkpoint, stop)
    return await finish(journal, inputs, parts, before, stop)
  } finally {
    features.source.cache?.close()
  }
}

const tellInputs = (journal: Journal, { data, model, encoded, options }: Inputs): void => {
  journal.phase('data')
  for (const message of data.notes) journal.tell({ event: 'note', message })
  for (const message of data.warnings) journal.tell({ event: 'warning', message })
  const { layers, width, removed } = model.trunk
  journal.tell({
    event: 'note',
    message: `Model ${model.folder.id}: ${layers.length} layers, ${width} wide${removed.length > 0 ? `; ${removed.length} nodes above the last hidden state cut off` : ''}.`,
  })
  const cut = encoded.filter(({ ids, length }) => length > ids.length).length
  if (cut > 0)
    journal.tell({
      event: 'warning',
      message: `${cut} of ${encoded.length} texts are longer than ${options.max_length} tokens; the model reads their beginning. Use --max-length for more.`,
    })
  const { unknownId } = model.tokenizer
  const tokens = encoded.reduce((sum, { ids }) => sum + ids.length, 0)
  const unknown = encoded.reduce((sum, { ids }) => sum + ids.filter((id) => id === unknownId).length, 0)
  if (unknown > tokens * 0.03)
    journal.tell({
      event: 'warning',
      message: `${Math.round((100 * unknown) / tokens)} % of the tokens are unknown to this model; it may not be made for the language of these texts.`,
    })
  journal.tell({
    event: 'note',
    message:
      options.strategy === 'head'
        ? 'Training the head alone.'
        : `Training ${options.strategy === 'full' ? 'the whole model' : `the last ${options.strategy.slice('last:'.length)} layers`}, embeddings ${options.embeddings}: ${options.epochs} epochs of batches of ${options.batch}, rate ${options.lr}, at most ${options.max_length} tokens.`,
  })
}

const measureFeatures = async (journal: Journal, inputs: Inputs, stop: AbortSignal): Promise<Features> => {
  const { model, encoded, options, runtime } = inputs
  journal.phase('trunk')
  const entry = entryOf(model, options)
  return computeFeatures(
    runtime,
    featureNetwork(model, options.pooling),
    model.trunk.width,
    { encoded, padId: model.tokenizer.padId, cache: null },
    entry === null
      ? null
      : {
          value: entry,
          width: model.trunk.width,
          cachePath: join(journal.path, 'trunk.cache'),
          cacheMb: options.cache_mb,
        },
    (done) => journal.progress('trunk', done, encoded.length, 'rows'),
    stop,
  )
}

/** The value that enters the lowest layer that is trained; null where training begins at the tokens, or at the head. */
const entryOf = (model: TextModel, { strategy }: ResolvedOptions): string | null => {
  if (strategy === 'full' || strategy === 'head') return null
  return model.trunk.layers.at(-Number(strategy.slice('last:'.length))) ?? null
}

const measureBefore = async (
  journal: Journal,
  { data, model, options, runtime }: Inputs,
  { features }: Features,
  stop: AbortSignal,
): Promise<{ before: Before; head: Head }> => {
  const { width } = model.trunk
  const part = (rows: readonly number[]) => {
    const [first = 0] = rows
    return {
      features: features.subarray(first * width, (first + rows.length) * width),
      targets: targetsOf(data, rows),
    }
  }
  journal.phase('probe')
  const head = await trainProbe(
    runtime,
    part(data.parts.train),
    part(data.parts.valid),
    data.labels,
    async (share) => {
      journal.progress('probe', share, 1)
      await breathe(stop)
    },
  )
  const known = loadBefore(journal.path)
  if (known) return { before: known, head }
  const logits = headLogits(head, part(data.parts.test).features)
  const probe = scoresOn(data, data.parts.test, softmaxRows(logits, data.labels.length))
  journal.phase('ngram')
  const simple = await measureSimple(data, options.seed, (share) => {
    journal.progress('ngram', share, 1)
    if (stop.aborted) throw new Stopped('stopped')
  })
  const before = { ...simple, probe }
  saveBefore(journal.path, before)
  return { before, head }
}

/** The head that a run's model had, where its labels are the same. */
const keptHead = (model: TextModel, data: Data): Head | null => {
  if (!model.head) return null
  const same =
    model.head.labels.length === data.labels.length &&
    model.head.labels.every((label, i) => label === data.labels[i])
  return same ? model.head.head : null
}

/** What the run trains, and with which graphs. */
interface Parts {
  /** With all the weights, up to logits and loss. */
  readonly network: WeightedGraph
  readonly division: Division | null
  readonly source: RowSource
  readonly trainables: Trainables
}

const findTrainables = async (
  runtime: Runtime,
  network: WeightedGraph,
  division: Division | null,
  { model, options, encoded }: Inputs,
  source: RowSource,
): Promise<Trainables> => {
  const head = [HEAD_WEIGHT, HEAD_BIAS]
  if (options.strategy === 'head') return { dense: head, tables: [] }
  const upper = upperPart(network, division, LOGITS)
  const rows = [0]
  const graph = await specialise(
    runtime,
    upper,
    rowFeeds(upper.graph.inputs, source, rows, encoded[0]?.ids.length ?? 1),
  )
  // Without a cache the graph begins at the tokens, and what is trained begins at the lowest trained layer.
  const start = division ? BOUNDARY : (entryOf(model, options) ?? 'input_ids')
  const { dense, tables } = findParameters(graph, start, upper.weights)
  return { dense, tables: options.embeddings === 'touched' && start === 'input_ids' ? tables : [] }
}

const CHECKPOINT_MS = 60_000

const KeptState = v.object({
  step: v.number(),
  lossSum: v.number(),
  lossCount: v.number(),
  bestEpoch: v.number(),
  bestScores: Scores,
})

const fineTune = async (
  journal: Journal,
  inputs: Inputs,
  parts: Parts,
  checkpoint: Checkpoint | null,
  stop: AbortSignal,
): Promise<void> => {
  const { data, options, runtime } = inputs
  const { network, trainables } = parts
  const names = [...trainables.dense, ...trainables.tables]
  const model = upperPart(network, parts.division, LOSS)
  const loop: Loop = {
    runtime,
    options,
    model,
    trainables,
    source: parts.source,
    rows: data.parts.train,
    targets: data.targets,
    labels: data.labels.length,
    moments: newMoments(model, trainables),
  }
  const best = new Map<string, Float32Array>()
  const keepBest = (from: (name: string) => Float32Array): void => {
    for (const name of names) best.set(name, from(name).slice())
  }
  const save = (state: LoopState, isBest: boolean): void => {
    const tensors = new Map<string, Float32Array>()
    for (const name of names) {
      tensors.set(name, weightOf(network, name))
      const moments = loop.moments.get(name)
      if (moments) tensors.set(`first ${name}`, moments.first).set(`second ${name}`, moments.second)
    }
    saveCheckpoint(journal.path, { step: state.step, tensors, state }, { best: isBest })
    journal.save({
      progress: { ...journal.record.progress, step: state.step, epoch: Math.floor(state.step / perEpoch) },
    })
  }

  const perEpoch = stepsPerEpoch(loop.rows.length, options.batch)
  journal.phase('train')
  let state: LoopState
  if (checkpoint) {
    state = v.parse(KeptState, checkpoint.state)
    restore(checkpoint, loop, names)
    const kept = loadCheckpoint(journal.path, 'best')
    keepBest((name) => kept?.tensors.get(name) ?? weightOf(network, name))
  } else {
    const scores = await validate(inputs, parts, stop)
    state = { step: 0, lossSum: 0, lossCount: 0, bestEpoch: 0, bestScores: scores }
    keepBest((name) => weightOf(network, name))
    save(state, true)
  }

  const steps = perEpoch * options.epochs
  let saved = performance.now()
  let stepped = performance.now()
  const started = performance.now()
  try {
    await trainLoop(
      loop,
      state,
      {
        step: ({ step, epoch, loss, lr, gradientNorm, tokens }) => {
          const now = performance.now()
          const tokensPerSecond = Math.round(tokens / ((now - stepped) / 1000))
          stepped = now
          journal.tell({
            event: 'step',
            step,
            epoch,
            loss,
            lr,
            gradient_norm: gradientNorm,
            tokens_per_second: tokensPerSecond,
          })
          journal.progress('train', step, steps, `loss ${loss.toFixed(3)}`)
        },
        epoch: async (current, epoch, trainLoss) => {
          const scores = await validate(inputs, parts, new AbortController().signal)
          const isBest = isBetter(scores, current.bestScores, options.metric)
          journal.tell({
            event: 'epoch',
            step: current.step,
            epoch,
            train_loss: trainLoss,
            valid: scores,
            best: isBest,
          })
          const next = isBest ? { ...current, bestEpoch: epoch, bestScores: scores } : current
          if (isBest) keepBest((name) => weightOf(network, name))
          save(next, isBest)
          saved = performance.now()
          stepped = performance.now()
          return next
        },
        stepped: (current) => {
          state = current
          if (performance.now() - saved < CHECKPOINT_MS) return
          save(current, false)
          saved = performance.now()
        },
      },
      stop,
    )
  } catch (error) {
    if (error instanceof Stopped) save(state, false)
    throw error
  } finally {
    journal.addTraining((performance.now() - started) / 1000)
  }
  for (const [name, weights] of best) weightOf(network, name).set(weights)
}

const restore = (checkpoint: Checkpoint, loop: Loop, names: readonly string[]): void => {
  const copy = (key: string, into: Float32Array | undefined): void => {
    const from = checkpoint.tensors.get(key)
    if (!from || from.length !== into?.length)
      throw new UserError(`The checkpoint does not fit the model: ${key}.`)
    into.set(from)
  }
  for (const name of names) {
    copy(name, weightOf(loop.model, name))
    copy(`first ${name}`, loop.moments.get(name)?.first)
    copy(`second ${name}`, loop.moments.get(name)?.second)
  }
}

/** By the metric; where that is equal, by log loss. */
const isBetter = (a: Scores, b: Scores, metric: ResolvedOptions['metric']): boolean => {
  if (metric !== 'log_loss' && a[metric] !== b[metric]) return a[metric] > b[metric]
  return a.log_loss < b.log_loss
}

const validate = async (inputs: Inputs, parts: Parts, stop: AbortSignal): Promise<Scores> =>
  scoresOn(
    inputs.data,
    inputs.data.parts.valid,
    await probabilitiesOf(inputs, parts, inputs.data.parts.valid, stop),
  )

/** [rows, labels], by the weights as they are now. */
const probabilitiesOf = async (
  { runtime, data }: Inputs,
  { network, division, source }: Parts,
  rows: readonly number[],
  stop: AbortSignal,
): Promise<Float64Array> => {
  const labels = data.labels.length
  const at = new Map(rows.map((row, i) => [row, i]))
  const probabilities = new Float64Array(rows.length * labels)
  await forwardRows(
    runtime,
    upperPart(network, division, LOGITS),
    source,
    rows,
    (batch, results) => {
      const computed = softmaxRows(floatOutput(results, LOGITS), labels)
      for (const [i, row] of batch.entries())
        probabilities.set(computed.subarray(i * labels, (i + 1) * labels), (at.get(row) ?? 0) * labels)
    },
    () => undefined,
    stop,
  )
  return probabilities
}

/** The final evaluation, the export, and the record of both. */
const finish = async (
  journal: Journal,
  inputs: Inputs,
  parts: Parts,
  before: Before,
  stop: AbortSignal,
): Promise<DoneEvent> => {
  const { data, model, options, runtime } = inputs
  const { test, valid } = data.parts
  journal.phase('evaluate')
  const evaluated = async (rows: readonly number[]) => {
    const probabilities = await probabilitiesOf(inputs, parts, rows, stop)
    return { probabilities, evaluation: evaluate(probabilities, targetsOf(data, rows), data.labels) }
  }
  const onValid = await evaluated(valid)
  const onTest = await evaluated(test)
  atomicWrite(join(journal.path, 'predictions.jsonl'), predictionLines(data, test, onTest.probabilities))

  journal.phase('export')
  const names = [...parts.trainables.dense, ...parts.trainables.tables]
  const head = { weight: weightOf(parts.network, HEAD_WEIGHT), bias: weightOf(parts.network, HEAD_BIAS) }
  const scores = scoresOf(onTest.evaluation)
  const difference = await exportChecked(
    runtime,
    journal.path,
    {
      base: model.folder,
      onnx: exportGraph(
        model,
        options.pooling,
        head,
        new Map(names.map((name) => [name, weightOf(parts.network, name)])),
      ),
      labels: data.labels,
      maxLength: options.max_length,
      hidden: model.trunk.width,
      card: {
        rows: { train: data.parts.train.length, valid: valid.length, test: test.length },
        options,
        test: scores,
        before,
      },
    },
    textsOf(data, test),
    onTest.probabilities,
    (done) => journal.progress('export', done, test.length, 'rows'),
  )
  const evaluation: RunEvaluation = {
    schema: 1,
    labels: [...data.labels],
    valid: onValid.evaluation,
    test: onTest.evaluation,
    before,
    export_difference: difference,
  }
  atomicWrite(join(journal.path, 'evaluation.json'), `${JSON.stringify(evaluation, null, 2)}\n`)
  journal.save({ status: 'done', test: scores })
  return journal.done(scores, before)
}

const predictionLines = (data: Data, rows: readonly number[], probabilities: Float64Array): string =>
  rows
    .map((row, i) => {
      const example = data.examples[row]
      const ofRow = probabilities.subarray(i * data.labels.length, (i + 1) * data.labels.length)
      const predicted = ofRow.indexOf(Math.max(...ofRow))
      return `${JSON.stringify({
        row: example?.row,
        text: example?.text,
        label: example?.label,
        predicted: data.labels[predicted],
        probabilities: Object.fromEntries(
          data.labels.map((label, k) => [label, Number((ofRow[k] ?? 0).toPrecision(7))]),
        ),
      })}\n`
    })
    .join('')
