import type { Phase } from './events.ts'
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

/** A phase of a run, as it is said while it goes. */
export const phaseName = (phase: Phase): string =>
  ({
    data: t`Reading the data`,
    model: t`Opening the model`,
    ngram: t`Training the n-gram model`,
    trunk: t`Computing the encoder once`,
    probe: t`Training the linear probe`,
    train: t`Training`,
    evaluate: t`Evaluating`,
    export: t`Exporting`,
  })[phase]
