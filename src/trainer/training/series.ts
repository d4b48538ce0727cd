import { existsSync, rmSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { readChecked, readRecord } from '../../run/folder.ts'
import { createSeries, readSeries, writeSeries } from '../../run/series.ts'
import type { RunOptions } from '../../shared/config.ts'
import { RegressionRunEvaluation, RunEvaluation } from '../../shared/evaluation.ts'
import { t } from '../../shared/l10n.ts'
import type { SeriesRecord, SeriesRun, SeriesSummary } from '../../shared/series.ts'
import { summarise } from '../evaluation/spread.ts'
import type { Report } from './journal.ts'
import { type Ending, resume, type TrainRequest, train } from './train.ts'

export type SeriesEnding =
  | {
      readonly kind: 'done'
      readonly series: string
      readonly record: SeriesRecord
      readonly summary: SeriesSummary
    }
  | { readonly kind: 'interrupted'; readonly series: string }

/** Is told how the series goes, beside what each run tells. */
export interface SeriesReport {
  readonly run: Report
  begin(run: SeriesRun, number: number, of: number): void
  end(run: SeriesRun, ending: Extract<Ending, { kind: 'done' }> | null): void
}

/** Whether the options ask for more than one run. */
export const asksForSeries = ({ folds, fold, repeats }: RunOptions): boolean =>
  (folds !== null && fold === null) || repeats > 1

/** A series is made of one request; each of its runs of one of its own. */
export type SeriesRequest = Omit<TrainRequest, 'out' | 'folder'> & { readonly out: string }

/** Trains every run of a cross-validation, of repeats with other seeds, or of both: one after the other. */
export const trainSeries = (
  request: SeriesRequest,
  report: SeriesReport,
  stop: AbortSignal,
): Promise<SeriesEnding> => {
  const options = withAbsolutePaths(request.options)
  const now = new Date().toISOString()
  const record: SeriesRecord = {
    schema: 1,
    name: request.name ?? basename(request.files[0] ?? '').replace(/\.[^.]+$/, ''),
    status: 'running',
    created: now,
    updated: now,
    error: null,
    options,
    files: request.files.map((file) => resolve(file)),
    runs: plan(options),
    summary: null,
  }
  return work(new Ledger(record, request.out, null, request.queue ?? false), report, stop)
}

/** A series may go on from another folder than it was begun in. */
const withAbsolutePaths = (options: RunOptions): RunOptions => {
  const absolute = (path: string | null): string | null => (path === null ? null : resolve(path))
  const { model, valid, test, augment_synonyms } = options
  return {
    ...options,
    model: model !== 'embedded' && existsSync(model) ? resolve(model) : model,
    valid: absolute(valid),
    test: absolute(test),
    augment_synonyms: absolute(augment_synonyms),
  }
}

/** Goes on with a series: what is done stays, what was interrupted goes on, the rest begins. */
export const resumeSeries = (
  path: string,
  report: SeriesReport,
  stop: AbortSignal,
  { queue = false } = {},
): Promise<SeriesEnding> =>
  work(new Ledger(readSeries(path).record, dirname(path), path, queue), report, stop)

/** Repeats are seeds that follow each other; a fold is of one seed. */
const plan = ({ seed, folds, fold, repeats }: RunOptions): SeriesRun[] => {
  const inFolds = folds !== null && fold === null
  const seeds = Array.from({ length: repeats }, (_, i) => seed + i)
  const waiting = { status: 'waiting', test: null, before: null } as const
  return seeds.flatMap((own) =>
    inFolds
      ? Array.from({ length: folds }, (_, i) => ({
          folder: `${repeats > 1 ? `seed-${own}-` : ''}fold-${i + 1}`,
          seed: own,
          fold: i + 1,
          ...waiting,
        }))
      : [{ folder: `seed-${own}`, seed: own, fold, ...waiting }],
  )
}

/** The record of a series in the making. Its folder is made when its first run begins: a mistake leaves nothing. */
class Ledger {
  record: SeriesRecord
  /** null: not made yet. */
  path: string | null
  /** Whether each run waits until no other trains on this machine. */
  readonly queue: boolean
  private readonly out: string

  constructor(record: SeriesRecord, out: string, path: string | null, queue: boolean) {
    this.queue = queue
    this.record = record
    this.out = out
    this.path = path
  }

  /** The series' folder, made where it is not there yet. */
  folder(): string {
    this.path ??= createSeries(this.out, this.record)
    return this.path
  }

  save(change: Partial<SeriesRecord>): void {
    const next = { ...this.record, ...change }
    const done = next.runs.flatMap(({ test, before }) => (test && before ? [{ test, before }] : []))
    this.record = {
      ...next,
      updated: new Date().toISOString(),
      summary: done.length > 0 ? summarise(done) : null,
    }
    if (this.path !== null) writeSeries(this.path, this.record)
  }

  /** Sets one of the runs, and the status of the series. */
  set(number: number, run: SeriesRun, status: SeriesRecord['status']): void {
    this.save({ status, runs: this.record.runs.map((one, i) => (i === number ? run : one)) })
  }
}

const work = async (ledger: Ledger, report: SeriesReport, stop: AbortSignal): Promise<SeriesEnding> => {
  ledger.save({ status: 'running', error: null })
  const planned = ledger.record.runs
  for (const [number, run] of planned.entries()) {
    const known = ledger.path === null ? null : doneRun(ledger.path, run)
    if (known) {
      ledger.set(number, known, 'running')
      continue
    }
    ledger.set(number, { ...run, status: 'running' }, 'running')
    report.begin(run, number + 1, planned.length)
    let ending: Ending
    try {
      ending = await oneRun(ledger, run, report.run, stop)
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error)
      ledger.set(number, { ...run, status: 'failed' }, 'failed')
      ledger.save({ error: message.split('\n')[0] ?? '' })
      throw error
    }
    if (ending.kind === 'interrupted') {
      ledger.set(number, { ...run, status: 'interrupted' }, 'interrupted')
      report.end(run, null)
      return { kind: 'interrupted', series: ledger.folder() }
    }
    const { test, before } = ending.done
    const done: SeriesRun = { ...run, status: 'done', test, before }
    ledger.set(number, done, 'running')
    report.end(done, ending)
  }
  ledger.save({ status: 'done' })
  const { record } = ledger
  if (!record.summary) throw new Error('a series without runs')
  return { kind: 'done', series: ledger.folder(), record, summary: record.summary }
}

const oneRun = (
  ledger: Ledger,
  { folder, seed, fold }: SeriesRun,
  report: Report,
  stop: AbortSignal,
): Promise<Ending> => {
  const { record, path, queue } = ledger
  if (path !== null) {
    const own = join(path, folder)
    if (existsSync(join(own, 'run.json'))) return resume(own, report, stop, { queue })
    // A process that was killed between the folder and its first file has left nothing else.
    rmSync(own, { recursive: true, force: true })
  }
  const options: RunOptions = { ...record.options, seed, fold, repeats: 1 }
  const name = `${record.name}-${folder}`
  return train(
    { files: record.files, options, out: () => ledger.folder(), name, folder, queue },
    report,
    stop,
  )
}

/** A run of the series that ended well, with its scores; null: it is still to be done. */
const doneRun = (path: string, run: SeriesRun): SeriesRun | null => {
  const own = join(path, run.folder)
  if (!existsSync(join(own, 'run.json'))) return null
  const { status, test } = readRecord(own)
  if (status !== 'done' || test === null) return null
  const file = join(own, 'evaluation.json')
  const before =
    'accuracy' in test
      ? readChecked(file, RunEvaluation, t`the run is damaged`).before
      : readChecked(file, RegressionRunEvaluation, t`the run is damaged`).before
  return { ...run, status, test, before }
}
