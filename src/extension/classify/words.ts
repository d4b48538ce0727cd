import { t } from '../../shared/l10n.ts'
import { isUnsure, type Prediction, type Ranked } from './prediction.ts'

/** A probability as people say it; never 0 or 100 %, as no model knows. */
export const percent = (probability: number): string =>
  probability < 0.01
    ? '< 1 %'
    : probability > 0.99
      ? '> 99 %'
      : `${Math.min(99, Math.max(1, Math.round(probability * 100)))} %`

const ranked = ({ label, probability }: Ranked): string => `${label} ${percent(probability)}`

/** At most four digits that matter. */
export const number = (value: number): string => String(Number(value.toPrecision(4)))

/** A prediction in a few words: above a line, at its end, in a table. */
export function inShort(prediction: Prediction, threshold: number | undefined): string {
  if (prediction.task === 'regress') return `${prediction.name} ${number(prediction.value)}`
  const [best] = prediction.ranked
  if (best === undefined) return ''
  return isUnsure(prediction, threshold) ? t`unsure: ${ranked(best)}` : ranked(best)
}

/** In a sentence, with the runner-up. */
export function inFull(prediction: Prediction, threshold: number | undefined): string {
  const short = inShort(prediction, threshold)
  const second = prediction.task === 'classify' ? prediction.ranked[1] : undefined
  return second === undefined ? short : t`${short}, then ${ranked(second)}`
}
