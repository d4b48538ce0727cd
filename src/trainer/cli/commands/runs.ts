import { basename } from 'node:path'
import type { RunRecord } from '../../../shared/run.ts'
import { isAlive } from '../../run/control.ts'
import { DEFAULT_OUT, listRuns } from '../../run/folder.ts'
import type { Command } from '../command.ts'
import { EXIT } from '../command.ts'
import { decimal, figure, shorten, table } from '../format.ts'
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
  status === 'running' && !(await isAlive(path)) ? 'interrupted' : status

export const runs: Command = {
  summary: 'list the runs',
  synopsis: '[--out FOLDER]',
  about: 'Lists the runs in .finesse/runs, or in FOLDER, the oldest first.',
  required: [],
  optional: [],
  options: { out: 'value' },
  optionHelp: [['--out FOLDER', `folder of the runs (${DEFAULT_OUT})`]],
  examples: ['finesse runs', 'finesse runs --json'],
  async run({ values, flags }) {
    const out = values.get('out') ?? DEFAULT_OUT
    const found = await Promise.all(
      listRuns(out).map(async ({ path, record, problem }) =>
        record === null
          ? { path, record: null, problem }
          : { path, record: { ...record, status: await statusNow(path, record) }, problem: null },
      ),
    )
    if (flags.has('json')) {
      for (const { path, record, problem } of found)
        await printJson(record === null ? { run: path, problem } : { run: path, ...record })
      return EXIT.done
    }
    if (found.length === 0) {
      await print(`No runs in ${fromHere(out)} yet. Begin one with: ${callAgain('train', 'FILE')}\n`)
      return EXIT.done
    }
    const lines = found.map(({ path, record, problem }) => {
      const name = basename(path)
      if (record === null) return [name, 'damaged', '', '', '', '', shorten(problem, 60)]
      const { status, resolved, options, data, base, test, progress } = record
      const model = shorten(
        base.kind === 'encoder' && base.model === base.folder ? basename(base.model) : base.model,
        32,
      )
      const said =
        status === 'failed'
          ? shorten(record.error ?? '', 60)
          : status === 'running' || status === 'interrupted'
            ? `step ${progress.step} of ${progress.steps === 0 ? '?' : progress.steps}`
            : ''
      return [
        name,
        status,
        shorten(basename(data.train.path), 24),
        model,
        resolved?.strategy ?? options.strategy,
        ...scoreCells(test),
        said,
      ]
    })
    await print(
      table(
        [['run', 'status', 'data', 'model', 'strategy', 'accuracy', 'F1 macro', ''], ...lines],
        [1, 2, 3, 4, 7],
      ),
    )
    return EXIT.done
  },
}
