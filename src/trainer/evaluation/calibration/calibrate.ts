import type { Calibration, Uncalibrated } from '../../../shared/trust.ts'
import { mostProbable } from '../most-probable.ts'
import { softmaxRows } from '../softmax.ts'
import { type Answer, reliability } from './reliability.ts'
import { fitTemperature } from './temperature.ts'
import { coverageAt, unsureThreshold } from './unsure.ts'

/** Fewer do not say by how much a model is too sure: measured in docs/evaluation/calibration.md. */
const FEWEST_ROWS = 100
/** One row of a label may be any. */
const FEWEST_OF_LABEL = 2
/** How many of 100 answers that are not called unsure should be right. */
const PRECISION = 0.95

/** Some rows, as a model scored them. */
export interface Scored {
  /** [rows, labels]. */
  readonly logits: Float64Array | Float32Array
  readonly targets: Int32Array
}

export interface Calibrated {
  readonly temperature: number
  readonly unfitted: Uncalibrated | null
  /** [rows, labels], with the temperature. */
  readonly valid: Float64Array
  readonly test: Float64Array
}

/** Fits a temperature on the validation rows; where these can't tell one, it is 1. */
export function calibrate(valid: Scored, test: Scored, labels: number): Calibrated {
  const unfitted = whyUnfitted(valid, labels)
  const temperature = unfitted === null ? fitTemperature(valid.logits, valid.targets, labels) : 1
  return {
    temperature,
    unfitted,
    valid: softmaxRows(valid.logits, labels, temperature),
    test: softmaxRows(test.logits, labels, temperature),
  }
}

/** Null: the rows can tell a temperature. */
function whyUnfitted({ logits, targets }: Scored, labels: number): Uncalibrated | null {
  if (targets.length < FEWEST_ROWS) return 'few-rows'
  const counts = new Array<number>(labels).fill(0)
  for (const target of targets) counts[target] = (counts[target] ?? 0) + 1
  if (Math.min(...counts) < FEWEST_OF_LABEL) return 'few-of-label'
  return targets.every((target, row) => mostProbable(logits, row, labels) === target) ? 'no-mistake' : null
}

/** What a calibration does, and from which probability on the model is sure: chosen on the validation rows, shown on the test rows. */
export function measureCalibration(
  valid: Scored,
  test: Scored,
  labels: number,
  calibrated: Calibrated,
): Calibration {
  const { temperature, unfitted } = calibrated
  const before = reliability(answersOf(softmaxRows(test.logits, labels), test.targets, labels))
  const answers = answersOf(calibrated.test, test.targets, labels)
  const after = reliability(answers)
  const threshold = unsureThreshold(answersOf(calibrated.valid, valid.targets, labels), PRECISION)
  return {
    temperature,
    ...(unfitted === null ? {} : { unfitted }),
    ece_before: before.ece,
    ece_after: after.ece,
    bins: after.bins,
    unsure: { precision: PRECISION, threshold, ...coverageAt(answers, threshold) },
  }
}

/** @param probabilities [rows, labels] */
export const answersOf = (
  probabilities: Float64Array,
  targets: Int32Array,
  labels: number,
): readonly Answer[] =>
  Array.from(targets, (target, row) => {
    const predicted = mostProbable(probabilities, row, labels)
    return { confidence: probabilities[row * labels + predicted] ?? 0, isRight: predicted === target }
  })
