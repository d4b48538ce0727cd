import { basename, relative, resolve } from 'node:path'
import { isAlive } from '../../../run/control.ts'
import { DEFAULT_OUT, type ListedRun, listRuns } from '../../../run/folder.ts'
import { prune } from '../../../run/prune.ts'
import { listSeries } from '../../../run/series.ts'
import { sizeOf } from '../../../run/size.ts'
import { t } from '../../../shared/l10n.ts'
import { isActive, type RunRecord } from '../../../shared/run.ts'
import type { SeriesRecord } from '../../../shared/series.ts'
import { statusName } from '../../../shared/status.ts'
import type { Command } from '../command.ts'
import { EXIT } from '../command.ts'
import { bytes, decimal, figure, shorten, table } from '../format.ts'
import { scoreName } from '../names.ts'
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
  summary: t`list the runs`,
  synopsis: '[--out FOLDER] [--prune]',
  about: t`Lists the runs in .finesse/runs, or in FOLDER, the oldest first, with their sizes.
--prune frees what is of no more use: checkpoints of finished runs, and what killed
processes left. Models, scores and runs that can go on stay as they are.`,
  required: [],
  optional: [],
  options: { out: 'value', prune: 'flag' },
  optionHelp: [
    ['--out FOLDER', t`folder of the runs (${DEFAULT_OUT})`],
    ['--prune', t`free disk, and say how much`],
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
      await print(`${t`No runs in ${fromHere(out)} yet. Begin one with: ${callAgain('train', 'FILE')}`}\n`)
      return EXIT.done
    }
    const lines = found.map(({ path, record, problem }) => {
      const name = relative(resolve(out), path)
      if (record === null)
        return [name, t`damaged`, '', '', '', '', '', bytes(sizeOf(path)), shorten(problem, 60)]
      const { status, resolved, options, data, base, test, progress } = record
      const model = shorten(
        base.kind === 'encoder' && base.model === base.folder ? basename(base.model) : base.model,
        32,
      )
      const said =
        status === 'failed'
          ? shorten(record.error ?? '', 60)
          : isActive({ status }) || status === 'interrupted'
            ? t`step ${progress.step} of ${progress.steps === 0 ? '?' : progress.steps}`
            : ''
      return [
        name,
        statusName(status),
        shorten(basename(data.train.path), 24),
        model,
        resolved?.strategy ?? options.strategy,
        ...scoreCells(test),
        bytes(sizeOf(path)),
        said,
      ]
    })
    await print(table([columns(), ...lines], [1, 2, 3, 4, 8]))
    const series = listSeries(out).map(({ record }) => record)
    if (series.length > 0) await print(`\n${series.map(seriesLine).join('')}`)
    if (freed !== null) {
      const sum = [...freed.values()].reduce((all, one) => all + one, 0)
      await print(sum === 0 ? `\n${t`Nothing to free.`}\n` : `\n${t`Freed ${bytes(sum)}.`}\n`)
    }
    return EXIT.done
  },
}

const columns = (): readonly string[] => [
  t`run`,
  t`status`,
  t`data`,
  t`model`,
  t`strategy`,
  scoreName('accuracy'),
  scoreName('f1_macro'),
  t`size`,
  '',
]

/** What all runs of a series say together. */
function seriesLine({ name, options, runs, summary }: SeriesRecord): string {
  const what = options.folds === null ? t`repeats` : t`${options.folds} folds`
  const score = summary?.test.accuracy ?? summary?.test.rmse ?? null
  const done = summary?.runs ?? 0
  const line =
    runs.length === 1
      ? t`Series ${name}, ${what}: ${done} of 1 run done`
      : t`Series ${name}, ${what}: ${done} of ${runs.length} runs done`
  if (score === null) return `${line}\n`
  const measured = scoreName(summary?.test.accuracy ? 'accuracy' : 'rmse')
  return `${t`${line}, ${`${measured} ${figure(score.mean)} ± ${figure(score.deviation)}`}`}\n`
}

/** Bytes freed by run. Runs that are trained now are left alone, as are folders that can't be read. */
async function pruneAll(found: readonly ListedRun[]): Promise<ReadonlyMap<string, number>> {
  const freed = new Map<string, number>()
  for (const { path, record } of found)
    if (record !== null && !(await isAlive(path))) freed.set(path, prune(path, record))
  return freed
}
