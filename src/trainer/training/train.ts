import { existsSync } from 'node:fs'
import { basename } from 'node:path'
import type { RunOptions } from '../../shared/config.ts'
import { UserError } from '../../shared/error.ts'
import type { DoneEvent } from '../../shared/events.ts'
import type { RunRecord } from '../../shared/run.ts'
import { runtimeVersion } from '../engine/runtime.ts'
import { loadCheckpoint } from '../run/checkpoint.ts'
import { holdControl } from '../run/control.ts'
import { createRun, readRecord } from '../run/folder.ts'
import { cutEvents, readEvents } from '../run/metrics.ts'
import { version } from '../version.ts'
import { headsOf, measureBefore, measureFeatures } from './baseline.ts'
import { loadBefore } from './before.ts'
import { fineTune, keptState } from './fine-tune.ts'
import { finish } from './finish.ts'
import { type Inputs, prepare, tellInputs } from './inputs.ts'
import { Journal, type Report } from './journal.ts'
import { stepsPerEpoch } from './loop.ts'
import { featureNetwork, headedNetwork } from './network.ts'
import { findTrainables, type Parts } from './parts.ts'
import { sha256 } from './prepare.ts'
import { Stopped } from './rows.ts'

export interface TrainRequest {
  readonly file: string
  readonly options: RunOptions
  /** The folder in which the run's folder is made. */
  readonly out: string
  readonly name: string | null
}

export type Ending =
  | { readonly kind: 'done'; readonly done: DoneEvent; readonly testRows: number; readonly run: string }
  | { readonly kind: 'interrupted'; readonly run: string }

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
        kind: 'encoder',
        model: request.options.model,
        id: model.folder.id,
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
  for (const file of [record.data.train, record.data.valid, record.data.test])
    if (file && existsSync(file.path) && (await sha256(file.path)) !== file.sha256)
      throw new UserError(
        `${file.path}: the file changed since the run began, so the run cannot go on. Start a new one with finesse train.`,
      )
  const inputs = await prepare(record.data.train.path, withFiles(record), report, record)
  if (record.base.kind === 'encoder' && (await sha256(inputs.model.onnxFile)) !== record.base.sha256)
    throw new UserError(
      `${inputs.model.onnxFile}: the base model changed since the run began, so the run cannot go on. Start a new one with finesse train.`,
    )
  checkKept(path)
  return work(new Journal(path, record, report), inputs, stop)
}

/** Finds damage in what the run has kept before anything is said or written. */
const checkKept = (path: string): void => {
  const last = loadCheckpoint(path, 'last')
  if (last) keptState(last)
  loadCheckpoint(path, 'best')
  loadBefore(path)
  readEvents(path)
}

/** The options of a run, its files by their absolute paths. */
const withFiles = ({ options, data, base }: RunRecord): RunOptions => ({
  ...options,
  model: options.model === 'embedded' || base.kind === 'ngram' ? options.model : base.folder,
  valid: data.valid?.path ?? null,
  test: data.test?.path ?? null,
  text: data.text,
  label: data.label,
})

const work = async (journal: Journal, inputs: Inputs, stop: AbortSignal): Promise<Ending> => {
  const asked = new AbortController()
  const control = await holdControl(journal.path, () => asked.abort())
  try {
    journal.save({ status: 'running', error: null })
    const done = await stages(journal, inputs, AbortSignal.any([stop, asked.signal]))
    return { kind: 'done', done, testRows: inputs.data.parts.test.length, run: journal.path }
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
  const { model, options, runtime } = inputs
  const checkpoint = loadCheckpoint(journal.path, 'last')
  cutEvents(journal.path, checkpoint?.step ?? null)
  if (!checkpoint) tellInputs(journal, inputs)

  const features = await measureFeatures(journal, inputs, stop)
  try {
    const { before, probe } = await measureBefore(journal, inputs, features, stop)
    const base = featureNetwork(model, options.pooling)
    const heads = headsOf(inputs, probe)
    const network = headedNetwork(base, heads.best)
    const trainables = await findTrainables(runtime, network, features.division, inputs, features.source)
    const { division, source } = features
    const isHeadAlone = options.strategy === 'head'
    const parts: Parts = {
      network,
      division,
      source,
      trainables,
      features: isHeadAlone ? features.features : null,
    }
    if (!isHeadAlone) await fineTune(journal, inputs, parts, heads.start, checkpoint, stop)
    return await finish(journal, inputs, parts, before, stop)
  } finally {
    features.source.cache?.close()
  }
}
