import { basename, isAbsolute } from 'node:path'
import { UserError } from '../../shared/error.ts'
import { t } from '../../shared/l10n.ts'
import { type RunItem, stateOf } from '../runs/run-item.ts'

/** The folder of a model by its path, or by the name of a finished run; of several of a name the newest. */
export function findModel(reference: string, runs: readonly RunItem[]): string {
  if (isAbsolute(reference)) return reference
  const done = doneRuns(runs)
  const found = done.findLast(
    ({ path, record }) => record?.name === reference || basename(path) === reference,
  )
  if (found !== undefined) return found.path
  const names = [...new Set(done.map(({ record }) => record?.name ?? ''))]
  throw new UserError(
    names.length === 0
      ? t`no run ${reference}: none is finished yet`
      : t`no finished run ${reference}; there are ${names.join(', ')}`,
  )
}

export const doneRuns = (runs: readonly RunItem[]): readonly RunItem[] =>
  runs.filter((run) => stateOf(run) === 'done')
