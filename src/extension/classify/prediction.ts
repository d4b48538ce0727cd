import type { ModelAnswers } from '../../shared/prediction-protocol.ts'
import { DEFAULT_THRESHOLD } from './setting.ts'

/** What a model says of a text: labels with their probabilities, the most probable first; or a number. */
export type Prediction =
  | {
      readonly task: 'classify'
      readonly ranked: readonly Ranked[]
      /** As the model's own `unsure`. */
      readonly unsure: number | null
    }
  | { readonly task: 'regress'; readonly name: string; readonly value: number }

export interface Ranked {
  readonly label: string
  readonly probability: number
}

/** Of equally probable labels the first, as in an evaluation. */
export function predictionOf({ task, labels, unsure }: ModelAnswers, row: readonly number[]): Prediction {
  if (task === 'regress') return { task, name: labels[0] ?? '', value: row[0] ?? Number.NaN }
  const ranked = labels
    .map((label, i) => ({ label, probability: row[i] ?? 0 }))
    .sort((a, b) => b.probability - a.probability)
  return { task, ranked, unsure }
}

/** Whether the best label is too improbable to be shown as the answer: by the setting, else by the model. */
export const isUnsure = (prediction: Prediction, threshold: number | undefined): boolean =>
  prediction.task === 'classify' &&
  (prediction.ranked[0]?.probability ?? 0) < (threshold ?? prediction.unsure ?? DEFAULT_THRESHOLD)
