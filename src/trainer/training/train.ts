import { basename } from 'node:path'
import { sha256 } from '../../data/sha256.ts'
import { loadCheckpoint } from '../../run/checkpoint.ts'
import { holdControl } from '../../run/control.ts'
import { diskFailure } from '../../run/disk-failure.ts'
import { createRun, readRecord } from '../../run/folder.ts'
import { removeLeftovers } from '../../run/leftovers.ts'
import { appendLog } from '../../run/log.ts'
import { thisMachine } from '../../run/machine.ts'
import { cutEvents, readEvents } from '../../run/metrics.ts'
import { type Turn, takeTurn, waitForTurn } from '../../run/turn.ts'
import type { RunOptions } from '../../shared/config.ts'
import type { RunEvaluation } from '../../shared/evaluation.ts'
import type { DoneEvent } from '../../shared/events.ts'
import { t } from '../../shared/l10n.ts'
import type { RunRecord } from '../../shared/run.ts'
import { cpuRuntime, runtimeVersion } from '../engine/runtime.ts'
import { ngramAdvice } from '../evaluation/advice.ts'
import { remarks } from '../evaluation/remarks.ts'
import { dataOptions, NGRAM, NGRAM_BASE, ngramStages } from '../ngram/run.ts'
import { version } from '../version.ts'
import { baseFiles } from './base-files.ts'
import { headsOf, measureBefore, measureFeatures, probeOn } from './before/baseline.ts'
import { forgetBefore, loadBefore } from './before/before.ts'
import { prepareNew } from './choose-device.ts'
import { fineTune, keptState } from './fine-tune.ts'
import { writeAdapters } from './finish/adapter-file.ts'
import { finish, type Measured } from './finish/finish.ts'
import { writeEnd } from './finish/write-end.ts'
import { type Inputs, prepare, tellInputs } from './inputs.ts'
import { Journal, type Report } from './journal.ts'
import { stepsPerEpoch } from './loop.ts'
import { onAnyDevice } from './on-any-device.ts'
import { Pause, type StopSignal } from './pause.ts'
import { type Data, prepareData, withLabelsOf } from './prepare.ts'
import {
  changedBase,
  changedSurroundings,
  forcedRecord,
  onPresentDevice,
  refuseChanged,
} from './resumable.ts'
import { type Parts, partsOf } from './step/parts.ts'
import { Stopped } from './step/rows.ts'
import { MOST_UNKNOWN, unknownShare } from './unknown-tokens.ts'

export interface TrainRequest {
  /** Of training rows; one at least, all with the same columns. */
  readonly files: readonly string[]
  readonly options: RunOptions
  /** The folder in which the run's folder is made; a function is asked when all is checked and the run begins. */
  readonly out: string | (() => string)
  readonly name: string | null
  /** What the run's folder is called, where it is one of a series. */
  readonly folder?: string
  /** Whether it waits until no other training runs on this machine. */
  readonly queue?: boolean
}

export type Ending =
  | { readonly kind: 'done'; readonly done: DoneEvent; readonly run: string }
  | { readonly kind: 'interrupted'; readonly run: string }

/** Fine-tunes a model on a file: checks everything, makes the run's folder, and works until done or stopped. */
export const train = async (request: TrainRequest, report: Report, stop: AbortSignal): Promise<Ending> => {
  if (request.options.model === NGRAM) return trainNgramModel(request, report, stop)
  const inputs = await prepareNew(request.files, request.options, report)
  const { data } = inputs
  const run = newRun(request, data, await recordOf(inputs, request.options))
  return work(
    new Journal(run.path, run.record, report),
    stop,
    (ended, journal) => stages(journal, inputs, ended, []),
    { queue: request.queue },
  )
}

const trainNgramModel = async (request: TrainRequest, report: Report, stop: AbortSignal): Promise<Ending> => {
  report({ event: 'progress', phase: 'data', done: 0, total: 1, detail: null })
  const data = await prepareData(request.files, dataOptions(request.options))
  const { threads } = cpuRuntime(request.options.threads)
  const run = newRun(request, data, { resolved: null, base: NGRAM_BASE, steps: 1, threads })
  return work(
    new Journal(run.path, run.record, report),
    stop,
    (ended, journal) => ngramStages(journal, data, ended),
    { queue: request.queue },
  )
}

/** What a run's record says of how it trains. */
export const recordOf = async (
  { data, model, options, runtime, times }: Inputs,
  asked: RunOptions,
): Promise<NewRecord> => ({
  resolved: options,
  base: {
    kind: 'encoder',
    model: asked.model,
    id: model.folder.id,
    folder: model.folder.folder,
    sha256: await sha256(model.onnxFile),
    files: await baseFiles(model.folder.folder, model.onnxFile),
    layers: model.trunk.layers.length,
    hidden: model.trunk.width,
  },
  steps: stepsPerEpoch(data.parts.train.length, options.batch) * options.epochs,
  threads: runtime.threads,
  ...(times === null
    ? {}
    : { device_step_ms: { cpu: rounded(times.cpu), webgpu: times.webgpu && rounded(times.webgpu) } }),
})

const rounded = (ms: number): number => Math.round(ms * 10) / 10

type NewRecord = Pick<RunRecord, 'resolved' | 'base' | 'device_step_ms'> & {
  readonly steps: number
  readonly threads: number
}

/** Makes the run's folder, with a record of what is known before anything is computed. */
export const newRun = (
  request: TrainRequest,
  data: Data,
  { resolved, base, steps, threads, device_step_ms }: NewRecord,
): ReturnType<typeof createRun> => {
  return createRun({
    out: typeof request.out === 'string' ? request.out : request.out(),
    folder: request.folder,
    name: request.name ?? basename(request.files[0] ?? '').replace(/\.[^.]+$/, ''),
    record: {
      status: 'running',
      error: null,
      options: request.options,
      resolved,
      ...(device_step_ms ? { device_step_ms } : {}),
      base,
      progress: { epoch: 0, step: 0, steps },
      seconds: 0,
      train_seconds: 0,
      peak_rss_mb: 0,
      test: null,
      ...begun(data, threads),
    },
  })
}

/** What a run is begun on: its rows, and where. */
const begun = (data: Data, threads: number): Pick<RunRecord, 'data' | 'machine' | 'versions'> => ({
  data: {
    ...data.files,
    more: [...data.files.more],
    text: data.columns.text,
    label: data.columns.label,
    text_pair: data.columns.pair,
    labels: [...data.labels],
    target: data.numbers?.scale ?? null,
    split: {
      train: data.parts.train.length - data.added,
      valid: data.parts.valid.length,
      test: data.parts.test.length,
    },
  },
  machine: thisMachine(),
  versions: {
    finesse: version,
    node: process.versions.node,
    onnxruntime: runtimeVersion,
    platform: `${process.platform}-${process.arch}`,
    threads,
  },
})

/**
 * Goes on with an interrupted or killed run from its last checkpoint, to the bytes that it would have ended with.
 * Where machine, data or base model are not what they were it is refused, unless by `force`.
 */
export const resume = async (
  path: string,
  report: Report,
  stop: AbortSignal,
  { force = false, queue = false }: { readonly force?: boolean; readonly queue?: boolean } = {},
): Promise<Ending> => {
  const record = readRecord(path)
  const surroundings = await changedSurroundings(record)
  refuseChanged(surroundings, force)
  if (record.base.kind === 'ngram') {
    // It is done in seconds: a run that goes on begins anew.
    const read = await prepareData(trainingFiles(record), dataOptions(withFiles(record)))
    const data = withLabelsOf(read, record.data.labels)
    checkKept(path)
    const goesOn = surroundings.length === 0 ? record : { ...record, ...begun(data, record.versions.threads) }
    return work(
      new Journal(path, goesOn, report),
      stop,
      (ended, journal) => ngramStages(journal, data, ended),
      { isForced: surroundings.length > 0, queue },
    )
  }
  const here = await onPresentDevice(record)
  const inputs = await prepare(trainingFiles(record), withFiles(record), report, here)
  const differences = [...surroundings, ...(await changedBase(record, inputs))]
  refuseChanged(differences, force)
  checkKept(path)
  const goesOn = differences.length === 0 ? record : await forcedRecord(here, inputs)
  return work(
    new Journal(path, goesOn, report),
    stop,
    (ended, journal) => stages(journal, inputs, ended, differences),
    { isForced: differences.length > 0, queue },
  )
}

/** Finds damage in what the run has kept before anything is said or written. */
const checkKept = (path: string): void => {
  const last = loadCheckpoint(path, 'last')
  if (last) keptState(last)
  loadCheckpoint(path, 'best')
  loadBefore(path)
  readEvents(path)
}

export const trainingFiles = ({ data }: RunRecord): readonly string[] =>
  [data.train, ...data.more].map(({ path }) => path)

/** The options of a run, its files by their absolute paths. */
export const withFiles = ({ options, data, base }: RunRecord): RunOptions => ({
  ...options,
  model: options.model === 'embedded' || base.kind === 'ngram' ? options.model : base.folder,
  valid: data.valid?.path ?? null,
  test: data.test?.path ?? null,
  augment_synonyms: data.synonyms?.path ?? null,
  text: data.text,
  label: data.label,
  text_pair: data.text_pair,
})

/** Holds the run while it is worked at, and records how that ended. */
export const work = async (
  journal: Journal,
  stop: AbortSignal,
  stagesOf: (stop: AbortSignal, journal: Journal) => Promise<DoneEvent>,
  { isForced = false, queue = false } = {},
): Promise<Ending> => {
  const asked = new AbortController()
  const pause = new Pause((rest) => journal.halt('paused', rest))
  const control = await holdControl(
    journal.path,
    ({ request }) => {
      if (request === 'stop') asked.abort()
      else if (request === 'pause') pause.ask()
      else pause.end()
    },
    () => journal.lastProgress,
  )
  const ended: StopSignal = Object.assign(AbortSignal.any([stop, asked.signal]), { pause })
  let turn: Turn | null = null
  try {
    journal.tellStarted()
    removeLeftovers(journal.path)
    // Before the record names the other rows: killed in between, they are measured once more.
    if (isForced) forgetBefore(journal.path)
    journal.save({ status: 'running', error: null })
    const { finesse, node, onnxruntime, platform, threads } = journal.record.versions
    appendLog(
      journal.path,
      `finesse ${finesse}, Node ${node}, onnxruntime ${onnxruntime}, ${platform}, threads ${threads}, process ${process.pid}`,
    )
    turn = await inTurn(journal, queue, ended)
    const done = await stagesOf(ended, journal)
    appendLog(journal.path, 'done')
    return { kind: 'done', done, run: journal.path }
  } catch (error) {
    if (error instanceof Stopped) {
      saveEnd(journal, { status: 'interrupted' })
      appendLog(journal.path, 'interrupted')
      return { kind: 'interrupted', run: journal.path }
    }
    const cause = diskFailure(journal.path, error)
    const message = cause instanceof Error ? cause.message : String(cause)
    appendLog(journal.path, error instanceof Error ? (error.stack ?? message) : message)
    saveEnd(journal, { status: 'failed', error: message.split('\n')[0] ?? '' })
    throw cause
  } finally {
    await turn?.release()
    await control.close()
  }
}

/** The machine's turn to train: waited for where that is asked, else taken where it is free. */
const inTurn = async (journal: Journal, queue: boolean, stop: AbortSignal): Promise<Turn | null> => {
  const turn = await takeTurn()
  if (turn !== null || !queue) return turn
  const tell = (place: number): void => journal.tellWaiting(place)
  tell(1)
  const waited = await journal.halt('waiting', waitForTurn(stop, tell))
  if (waited === null) throw new Stopped('stopped')
  return waited
}

/** Where the disk takes no more, the record goes on to say `running`, which with no process is an interrupted run. */
const saveEnd = (journal: Journal, change: Partial<RunRecord>): void => {
  try {
    journal.save(change)
  } catch (error) {
    if (diskFailure(journal.path, error) === error) throw error
  }
}

/** @param differences what is not as it was when the run began */
export const stages = async (
  journal: Journal,
  inputs: Inputs,
  stop: AbortSignal,
  differences: readonly string[],
): Promise<DoneEvent> => {
  const goesOn = t`Goes on by force, though not to what the run would have given: ${differences.join('; ')}.`
  const { test, before, evaluation } = await onAnyDevice(
    journal,
    inputs,
    differences.length > 0 ? goesOn : null,
    (on, warning) => measuredStages(journal, on, stop, warning),
  )
  // What it took by now, for the report.
  journal.save({})
  await writeEnd(journal.path, { ...journal.record, status: 'done', test })
  // The last that is written: a run that says it is done leaves nothing behind, whenever it is killed.
  journal.save({ status: 'done', test })
  return advised(journal.done(test, before), inputs, evaluation)
}

const measuredStages = async (
  journal: Journal,
  inputs: Inputs,
  stop: AbortSignal,
  warning: string | null,
): Promise<Measured> => {
  const { options } = inputs
  const checkpoint = loadCheckpoint(journal.path, 'last')
  cutEvents(journal.path, checkpoint?.step ?? null)
  if (!checkpoint) tellInputs(journal, inputs)
  if (warning !== null) journal.tell({ event: 'warning', message: warning })

  const features = await measureFeatures(journal, inputs, stop)
  try {
    const { before, probe } = await measureBefore(journal, inputs, features, stop)
    const heads = headsOf(inputs, probe)
    const isHeadAlone = options.strategy === 'head'
    const parts: Parts = {
      ...(await partsOf(inputs, features.division, features.source, heads.best)),
      features: isHeadAlone ? features.features : null,
    }
    if (!isHeadAlone) await fineTune(journal, inputs, parts, heads.start, checkpoint, stop)
    writeAdapters(journal.path, inputs, parts)
    const probed = (rows: readonly number[]): Float64Array => probeOn(inputs, features, probe, rows)
    return await finish(journal, inputs, parts, before, probed, stop)
  } finally {
    features.source.cache?.close()
  }
}

/** With what a person should hear of where the model fails, and of the n-gram model, where labels are predicted. */
const advised = (done: DoneEvent, inputs: Inputs, evaluation: RunEvaluation | null): DoneEvent => {
  const { before, test } = done
  if (!('majority' in before && 'accuracy' in test) || evaluation === null) return done
  const rows = inputs.data.parts.test.length
  const unknown = unknownShare(inputs)
  const shown = unknown > MOST_UNKNOWN ? unknown : null
  const ofNgram = ngramAdvice(before, test, rows, evaluation.paired?.ngram, shown)
  return { ...done, advice: [...ofNgram, ...remarks(evaluation)] }
}
