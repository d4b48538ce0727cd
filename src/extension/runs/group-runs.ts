import { basename } from 'node:path'
import { t } from '../../shared/l10n.ts'
import type { RunItem } from './run-item.ts'

/** Runs of one data file. */
export interface RunGroup {
  readonly kind: 'group'
  /** Absolute path of the data file; null: of runs whose record can't be read. */
  readonly file: string | null
  readonly label: string
  /** The newest first. */
  readonly runs: readonly RunItem[]
}

/** Runs by their data file, the group of the newest run first; what can't be read comes last. */
export function groupRuns(runs: readonly RunItem[]): readonly RunGroup[] {
  const groups = new Map<string | null, RunItem[]>()
  const newestFirst = runs.toSorted((a, b) => createdOf(b).localeCompare(createdOf(a)))
  for (const run of newestFirst) {
    const file = run.record?.data.train.path ?? null
    const group = groups.get(file)
    if (group) group.push(run)
    else groups.set(file, [run])
  }
  return [...groups]
    .map(([file, members]) => ({
      kind: 'group' as const,
      file,
      label: file === null ? t`Cannot be read` : basename(file),
      runs: members,
    }))
    .toSorted((a, b) => Number(a.file === null) - Number(b.file === null))
}

const createdOf = ({ record }: RunItem): string => record?.created ?? ''
