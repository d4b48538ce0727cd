import { t } from './l10n.ts'
import type { RunStatus } from './run.ts'

/** How a run stands, as a word within a sentence or a table. */
export function statusName(status: RunStatus): string {
  switch (status) {
    case 'waiting':
      return t`waiting`
    case 'running':
      return t`running`
    case 'paused':
      return t`paused`
    case 'interrupted':
      return t`interrupted`
    case 'failed':
      return t`failed`
    case 'done':
      return t`done`
  }
}
