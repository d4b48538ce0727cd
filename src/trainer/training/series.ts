import { existsSync, rmSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import type { RunOptions } from '../../shared/config.ts'
import { RegressionRunEvaluation, RunEvaluation } from '../../shared/evaluation.ts'
import type { SeriesRecord, SeriesRun, SeriesSummary } from '../../shared/series.ts'
import { summarise } from '../evaluation/spread.ts'
import { readChecked, readRecord } from '../run/folder.ts'
import { createSeries, readSeries, type Series, writeSeries } from '../run/series.ts'
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

/** Trains every run of a cross-validation, of repeats with other seeds, or of both: one after the other. */
export const trainSeries = async (
  request: TrainRequest,
  report: SeriesReport,
  stop: AbortSignal,
): Promise<SeriesEnding> => {
  const options = withAbsolutePaths(request.options)
  const files = request.files.map((file) => resolve(file))
  const series = createSeries(request.out, {
    name: request.name ?? basename(request.files[0] ?? '').replace(/\.[^.]+$/, ''),
    status: 'running',
    error: null,
    options,
    files,
    runs: plan(options),
    summary: null,
  })
  try {
    return await work(series, report, stop)
  } catch (error) {
    // A mistake that is found before the first run begins leaves nothing behind, as with a single run.
    if (!series.record.runs.some(({ folder }) => existsSync(join(series.path, folder))))
      rmSync(series.path, { recursive: true, force: true })
    throw error
  }
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
export const resumeSeries = (path: string, report: SeriesReport, stop: AbortSignal): Promise<SeriesEnding> =>
  work(readSeries(path), report, stop)

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

const work = async (series: Series, report: SeriesReport, stop: AbortSignal): Promise<SeriesEnding> => {
  const { path } = series
  let { record } = series
  const save = (change: Partial<SeriesRecord>): void => {
    const next = { ...record, ...change }
    const done = next.runs.flatMap(({ test, before }) => (test && before ? [{ test, before }] : []))
    record = {
      ...next,
      updated: new Date().toISOString(),
      summary: done.length > 0 ? summarise(done) : null,
    }
    writeSeries(path, record)
  }
  const change = (number: number, run: SeriesRun, status: SeriesRecord['status']): void =>
    save({ status, runs: record.runs.map((one, i) => (i === number ? run : one)) })

  save({ status: 'running', error: null })
  for (const [number, planned] of record.runs.entries()) {
    const known = doneRun(path, planned)
    if (known) {
      change(number, known, 'running')
      continue
    }
    change(number, { ...planned, status: 'running' }, 'running')
    report.begin(planned, number + 1, record.runs.length)
    let ending: Ending
    try {
      ending = await oneRun(series, planned, report.run, stop)
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error)
      change(number, { ...planned, status: 'failed' }, 'failed')
      save({ error: message.split('\n')[0] ?? '' })
      throw error
    }
    if (ending.kind === 'interrupted') {
      change(number, { ...planned, status: 'interrupted' }, 'interrupted')
      report.end(planned, null)
      return { kind: 'interrupted', series: path }
    }
    const { test, before } = ending.done
    const done: SeriesRun = { ...planned, status: 'done', test, before }
    change(number, done, 'running')
    report.end(done, ending)
  }
  save({ status: 'done' })
  if (!record.summary) throw new Error('a series without runs')
  return { kind: 'done', series: path, record, summary: record.summary }
}

const oneRun = async (
  { path, record }: Series,
  { folder, seed, fold }: SeriesRun,
  report: Report,
  stop: AbortSignal,
): Promise<Ending> => {
  const own = join(path, folder)
  if (existsSync(join(own, 'run.json'))) return resume(own, report, stop)
  // A process that was killed between the folder and its first file has left nothing else.
  rmSync(own, { recursive: true, force: true })
  const options: RunOptions = { ...record.options, seed, fold, repeats: 1 }
  const name = `${record.name}-${folder}`
  return train({ files: record.files, options, out: path, name, folder }, report, stop)
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
      ? readChecked(file, RunEvaluation, 'the run is damaged').before
      : readChecked(file, RegressionRunEvaluation, 'the run is damaged').before
  return { ...run, status, test, before }
}
