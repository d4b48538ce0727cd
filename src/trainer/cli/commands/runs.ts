import { basename, relative, resolve } from 'node:path'
import { isAlive } from '../../../run/control.ts'
import { DEFAULT_OUT, type ListedRun, listRuns } from '../../../run/folder.ts'
import { prune } from '../../../run/prune.ts'
import { listSeries } from '../../../run/series.ts'
import { sizeOf } from '../../../run/size.ts'
import { isActive, type RunRecord } from '../../../shared/run.ts'
import type { SeriesRecord } from '../../../shared/series.ts'
import type { Command } from '../command.ts'
import { EXIT } from '../command.ts'
import { bytes, count, decimal, figure, shorten, table } from '../format.ts'
import { callAgain, fromHere, print, printJson } from '../standard.ts'

/** Of numbers, what the scores are is said, as the columns are those of labels. */
const scoreCells = (test: RunRecord['test']): readonly [string, string] => {
  if (test === null) return ['', '']
  return 'accuracy' in test
    ? [decimal(test.accuracy), decimal(test.f1_macro)]
    : [`RMSE ${figure(test.rmse)}`, `R2 ${decimal(test.r2)}`]
}

/** A run that says it is running and whose process is gone was cut off. */
const statusNow = async (path: string, { status }: RunRecord): Promise<RunRecord['status']> =>
  isActive({ status }) && !(await isAlive(path)) ? 'interrupted' : status

export const runs: Command = {
  summary: 'list the runs',
  synopsis: '[--out FOLDER] [--prune]',
  about: `Lists the runs in .finesse/runs, or in FOLDER, the oldest first, with their sizes.
--prune frees what is of no more use: checkpoints of finished runs, and what killed
processes left. Models, scores and runs that can go on stay as they are.`,
  required: [],
  optional: [],
  options: { out: 'value', prune: 'flag' },
  optionHelp: [
    ['--out FOLDER', `folder of the runs (${DEFAULT_OUT})`],
    ['--prune', 'free disk, and say how much'],
  ],
  examples: ['finesse runs', 'finesse runs --json', 'finesse runs --prune'],
  async run({ values, flags }) {
    const out = values.get('out') ?? DEFAULT_OUT
    const found = await Promise.all(
      listRuns(out).map(async ({ path, record, problem }) =>
        record === null
          ? { path, record: null, problem }
          : { path, record: { ...record, status: await statusNow(path, record) }, problem: null },
      ),
    )
    const freed = flags.has('prune') ? await pruneAll(found) : null
    if (flags.has('json')) {
      for (const { path, record, problem } of found)
        await printJson({
          run: path,
          ...(record ?? { problem }),
          bytes: sizeOf(path),
          ...(freed === null ? {} : { freed: freed.get(path) ?? 0 }),
        })
      return EXIT.done
    }
    if (found.length === 0) {
      await print(`No runs in ${fromHere(out)} yet. Begin one with: ${callAgain('train', 'FILE')}\n`)
      return EXIT.done
    }
    const lines = found.map(({ path, record, problem }) => {
      const name = relative(resolve(out), path)
      if (record === null)
        return [name, 'damaged', '', '', '', '', '', bytes(sizeOf(path)), shorten(problem, 60)]
      const { status, resolved, options, data, base, test, progress } = record
      const model = shorten(
        base.kind === 'encoder' && base.model === base.folder ? basename(base.model) : base.model,
        32,
      )
      const said =
        status === 'failed'
          ? shorten(record.error ?? '', 60)
          : isActive({ status }) || status === 'interrupted'
            ? `step ${progress.step} of ${progress.steps === 0 ? '?' : progress.steps}`
            : ''
      return [
        name,
        status,
        shorten(basename(data.train.path), 24),
        model,
        resolved?.strategy ?? options.strategy,
        ...scoreCells(test),
        bytes(sizeOf(path)),
        said,
      ]
    })
    await print(
      table(
        [['run', 'status', 'data', 'model', 'strategy', 'accuracy', 'F1 macro', 'size', ''], ...lines],
        [1, 2, 3, 4, 8],
      ),
    )
    const series = listSeries(out).map(({ record }) => record)
    if (series.length > 0) await print(`\n${series.map(seriesLine).join('')}`)
    if (freed !== null) {
      const sum = [...freed.values()].reduce((all, one) => all + one, 0)
      await print(sum === 0 ? '\nNothing to free.\n' : `\nFreed ${bytes(sum)}.\n`)
    }
    return EXIT.done
  },
}

/** What all runs of a series say together. */
function seriesLine({ name, options, runs, summary }: SeriesRecord): string {
  const what = options.folds === null ? 'repeats' : `${options.folds} folds`
  const score = summary?.test.accuracy ?? summary?.test.rmse ?? null
  const said =
    score === null
      ? ''
      : `, ${summary?.test.accuracy ? 'accuracy' : 'RMSE'} ${figure(score.mean)} ± ${figure(score.deviation)}`
  return `Series ${name}, ${what}: ${summary?.runs ?? 0} of ${count(runs.length, 'run')} done${said}\n`
}

/** Bytes freed by run. Runs that are trained now are left alone, as are folders that can't be read. */
async function pruneAll(found: readonly ListedRun[]): Promise<ReadonlyMap<string, number>> {
  const freed = new Map<string, number>()
  for (const { path, record } of found)
    if (record !== null && !(await isAlive(path))) freed.set(path, prune(path, record))
  return freed
}
