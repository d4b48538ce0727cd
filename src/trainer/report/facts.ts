import { join } from 'node:path'
import { readChecked, readRecord } from '../../run/folder.ts'
import { readEvents } from '../../run/metrics.ts'
import { readNumberPredictions, readPredictions } from '../../run/predictions.ts'
import { type Receipt, readReceipt } from '../../run/receipt.ts'
import {
  type RegressionPrediction,
  RegressionRunEvaluation,
  RunEvaluation,
  type TestPrediction,
} from '../../shared/evaluation.ts'
import type { RunEvent } from '../../shared/events.ts'
import { t } from '../../shared/l10n.ts'
import type { RunRecord } from '../../shared/run.ts'

interface Facts {
  readonly path: string
  readonly record: RunRecord
  readonly events: readonly RunEvent[]
  /** null: runs of older versions have none. */
  readonly receipt: Receipt | null
}

/** All that a run's folder tells of a model of labels. */
export interface LabelFacts extends Facts {
  readonly task: 'classify'
  readonly evaluation: RunEvaluation
  /** The test rows. */
  readonly rows: readonly TestPrediction[]
}

/** The same of a model of numbers. */
export interface NumberFacts extends Facts {
  readonly task: 'regress'
  readonly evaluation: RegressionRunEvaluation
  readonly rows: readonly RegressionPrediction[]
}

export type RunFacts = LabelFacts | NumberFacts

/**
 * Reads what is known of an evaluated run.
 *
 * @param record of a run that is about to end, which the folder does not have yet
 * @throws UserError where the folder is damaged or the run was not evaluated
 */
export const readFacts = async (path: string, record: RunRecord = readRecord(path)): Promise<RunFacts> => {
  const file = join(path, 'evaluation.json')
  const missing = t`the run was not evaluated`
  const common = { path, record, events: readEvents(path), receipt: readReceipt(path) }
  return record.data.target === null
    ? {
        ...common,
        task: 'classify',
        evaluation: readChecked(file, RunEvaluation, missing),
        rows: await readPredictions(path),
      }
    : {
        ...common,
        task: 'regress',
        evaluation: readChecked(file, RegressionRunEvaluation, missing),
        rows: await readNumberPredictions(path),
      }
}
