import { t } from './l10n.ts'
import type { Calibration } from './trust.ts'

/** How far probabilities can be believed, in a sentence. */
export function calibrationSentence({ temperature, unfitted, ece_before, ece_after }: Calibration): string {
  const off = points(ece_after)
  return unfitted === undefined
    ? t`Probabilities are off by ${off} points on average (expected calibration error; ${points(ece_before)} before calibration, temperature ${temperature.toPrecision(3)}).`
    : t`Probabilities are off by ${off} points on average (expected calibration error; not calibrated).`
}

/** From which probability on the model is sure, and what that covers, in a sentence. */
export function unsureSentence({ precision, threshold, coverage, accuracy }: Calibration['unsure']): string {
  const wanted = Math.round(100 * precision)
  if (threshold === null)
    return t`No probability was found from which on ${wanted} % of the answers are right.`
  return accuracy === null
    ? t`Answers below ${threshold} are called unsure, to have ${wanted} % of the others right: on the test rows that is all of them.`
    : t`Answers below ${threshold} are called unsure, to have ${wanted} % of the others right: on the test rows these are ${share(coverage)} of all, ${share(accuracy)} of them right.`
}

const points = (error: number): string => (100 * error).toFixed(1)
const share = (value: number): string => `${(100 * value).toFixed(1)} %`
