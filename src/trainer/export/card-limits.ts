import type { Evaluation } from '../../shared/evaluation.ts'
import { code } from './card-code.ts'

const NAMED = 5

/** Where a model of labels fails, as far as its test rows tell. */
export const limitsOfLabels = (
  { classes, confusion }: Pick<Evaluation, 'classes' | 'confusion'>,
  rows: { readonly train: number; readonly test: number },
): string => {
  const mean = classes.reduce((sum, { f1 }) => sum + f1, 0) / (classes.length || 1)
  const weak = classes
    .filter(({ f1, support }) => support > 0 && f1 < mean)
    .toSorted((a, b) => a.f1 - b.f1)
    .slice(0, NAMED)
  const pairs = confusion
    .flatMap((line, truth) => line.map((count, guess) => ({ count, truth, guess })))
    .filter(({ count, truth, guess }) => truth !== guess && count > 1)
    .sort((a, b) => b.count - a.count || a.truth - b.truth || a.guess - b.guess)
    .slice(0, NAMED)
  const label = (index: number): string => code(classes[index]?.label ?? '')
  return [
    `Every text gets one of its ${classes.length} labels, also one that fits none of them.`,
    `It knows texts like the ${rows.train} it was trained on; on texts of another kind it is not measured.`,
    ...(rows.test > 0
      ? [
          `It was measured on ${rows.test} rows: one of them is ${(100 / rows.test).toPrecision(2)} points of accuracy.`,
        ]
      : []),
    ...(weak.length > 0
      ? [
          `Weakest labels: ${weak.map((one) => `${code(one.label)} (F1 ${one.f1.toFixed(2)} on ${one.support} rows)`).join(', ')}.`,
        ]
      : []),
    ...(pairs.length > 0
      ? [
          `Mistaken most: ${pairs.map(({ count, truth, guess }) => `${label(truth)} for ${label(guess)} (${count} rows)`).join(', ')}.`,
        ]
      : []),
  ]
    .map((line) => `- ${line}\n`)
    .join('')
}
