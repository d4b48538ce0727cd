import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import * as v from 'valibot'
import { listRuns, openRun } from '../../../src/run/folder.ts'
import { findSeries, readSeries } from '../../../src/run/series.ts'
import { RunOptions } from '../../../src/shared/config.ts'
import type { SeriesRun } from '../../../src/shared/series.ts'
import { seriesText } from '../../../src/trainer/cli/series-table.ts'
import { spreadOf } from '../../../src/trainer/evaluation/spread.ts'
import { resumeSeries, type SeriesEnding, trainSeries } from '../../../src/trainer/training/series.ts'
import { temporaryFolder } from '../../run/sample.ts'
import { STATIC, sampleRows } from './small-run.ts'

interface Told {
  readonly ending: SeriesEnding
  readonly begun: readonly SeriesRun[]
}

async function told(
  work: (report: Parameters<typeof trainSeries>[1], stop: AbortSignal) => Promise<SeriesEnding>,
  until: (begun: readonly SeriesRun[]) => boolean = () => false,
): Promise<Told> {
  const begun: SeriesRun[] = []
  const stop = new AbortController()
  const ending = await work(
    {
      run: () => undefined,
      begin: (run) => {
        begun.push(run)
        if (until(begun)) stop.abort()
      },
      end: () => undefined,
    },
    stop.signal,
  )
  return { ending, begun }
}

const optionsOf = (options: Partial<RunOptions>): RunOptions =>
  v.parse(RunOptions, { model: STATIC, strategy: 'head', max_length: 16, ...options })

const testedRows = (run: string): string[] =>
  readFileSync(join(run, 'predictions.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => {
      const { file, row } = v.parse(v.object({ file: v.number(), row: v.number() }), JSON.parse(line))
      return `${file}:${row}`
    })

test('folds over two files: every row is tested once, mean and deviation are those of the runs, a stopped series goes on', async (t) => {
  const folder = temporaryFolder(t)
  const files = ['a.csv', 'b.csv'].map((name) => join(folder, name))
  for (const [i, file] of files.entries()) writeFileSync(file, sampleRows(30, 30 * i))
  const options = optionsOf({ folds: 3 })
  const request = { files, options, name: 'both' }

  const whole = await told((report, stop) =>
    trainSeries({ ...request, out: join(folder, 'one') }, report, stop),
  )
  assert.ok(whole.ending.kind === 'done')
  const { series, record, summary } = whole.ending
  assert.deepEqual(readSeries(series).record, record)
  assert.deepEqual(
    record.runs.map(({ folder, seed, fold, status }) => [folder, seed, fold, status]),
    [1, 2, 3].map((fold) => [`fold-${fold}`, 42, fold, 'done']),
  )
  const rows = record.runs.flatMap(({ folder: name }) => testedRows(join(series, name)))
  assert.deepEqual(
    rows.sort(),
    // Row 9 of the second file has no text, row 22 no label.
    [1, 2]
      .flatMap((file) => Array.from({ length: 30 }, (_, i) => `${file}:${i + 1}`))
      .filter((row) => row !== '2:9' && row !== '2:22')
      .sort(),
  )
  const accuracies = record.runs.map(({ test }) => (test && 'accuracy' in test ? test.accuracy : Number.NaN))
  assert.deepEqual(summary.test.accuracy, spreadOf(accuracies))
  assert.deepEqual(Object.keys(summary.before), ['majority', 'ngram', 'probe'])
  const text = seriesText(record.runs, summary)
  assert.match(text, /mean ± deviation of 3 +accuracy/)
  assert.match(text, /The fine-tuned model is better than the .* in \d of 3 runs/)

  // Each run is found by its own name, the series by its own.
  assert.deepEqual(
    listRuns(join(folder, 'one')).map(({ path }) => path),
    [1, 2, 3].map((fold) => join(series, `fold-${fold}`)),
  )
  assert.equal(openRun('both/fold-2', join(folder, 'one')).path, join(series, 'fold-2'))
  assert.equal(findSeries('both', join(folder, 'one'))?.path, series)
  assert.throws(() => openRun(series), /a series of runs; name one of them, as in .*fold-1/)

  const cut = await told(
    (report, stop) => trainSeries({ ...request, out: join(folder, 'two') }, report, stop),
    (begun) => begun.length === 2,
  )
  assert.equal(cut.ending.kind, 'interrupted')
  assert.deepEqual(
    readSeries(cut.ending.series).record.runs.map(({ status }) => status),
    ['done', 'interrupted', 'waiting'],
  )
  const rest = await told((report, stop) => resumeSeries(cut.ending.series, report, stop))
  assert.ok(rest.ending.kind === 'done')
  assert.deepEqual(
    rest.begun.map(({ fold }) => fold),
    [2, 3],
  )
  assert.deepEqual(rest.ending.summary, summary)
  assert.deepEqual(rest.ending.record.runs, record.runs)
})

test('repeats differ by their seed, and in their splits', async (t) => {
  const file = join(temporaryFolder(t), 'rows.csv')
  writeFileSync(file, sampleRows(60))
  const { ending } = await told((report, stop) =>
    trainSeries(
      {
        files: [file],
        options: optionsOf({ repeats: 2, seed: 7 }),
        out: join(file, '..', 'runs'),
        name: null,
      },
      report,
      stop,
    ),
  )
  assert.ok(ending.kind === 'done')
  const { record, series } = ending
  assert.deepEqual(
    record.runs.map(({ folder, seed, fold }) => [folder, seed, fold]),
    [
      ['seed-7', 7, null],
      ['seed-8', 8, null],
    ],
  )
  const [first, second] = record.runs.map(({ folder }) =>
    readFileSync(join(series, folder, 'predictions.jsonl'), 'utf8'),
  )
  assert.notEqual(first, second)
  const ids = record.runs.map(({ folder }) => openRun(join(series, folder)).record.data.labels)
  assert.deepEqual(ids[0], ids[1])
})

test('a mistake that is found before the first run begins leaves no folder', async (t) => {
  const folder = temporaryFolder(t)
  const out = join(folder, 'runs')
  const begin = (file: string, options: Partial<RunOptions>) =>
    told((report, stop) =>
      trainSeries(
        { files: [join(folder, file)], options: optionsOf(options), out, name: null },
        report,
        stop,
      ),
    )
  writeFileSync(join(folder, 'rows.csv'), sampleRows(30))
  await assert.rejects(begin('none.csv', { folds: 3 }), { name: 'UserError' })
  await assert.rejects(
    begin('rows.csv', { folds: 3, test: join(folder, 'rows.csv') }),
    /leave out the test file/,
  )
  await assert.rejects(
    begin('rows.csv', { folds: 100 }),
    /30 different texts or groups are too few for 100 folds/,
  )
  assert.deepEqual(existsSync(out) ? readdirSync(out) : [], [])
})
