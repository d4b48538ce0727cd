import { UserError } from '../../shared/error.ts'
import type { ClassScores, Evaluation, Scores } from '../../shared/evaluation.ts'
import { t } from '../../shared/l10n.ts'
import { areaUnderCurve } from './auc.ts'

/**
 * Every number of an evaluation, equal to scikit-learn 1.9's:
 * - predicted is the most probable label, of equals the first;
 * - precision, recall and F1 are 0 where undefined (`zero_division=0`); macro is the mean over the labels that
 *   some row carries or was predicted to carry (scikit-learn's default `labels`), weighted goes by support;
 * - AUC is that of the second of two labels, else one-vs-rest, the mean over the labels that some rows carry
 *   and some do not (scikit-learn refuses a set in which a label is missing); null where there is none;
 * - log loss clips at the double's epsilon, for single precision too: models are compared by it, and
 *   probabilities that were written to a file and read back give the same number.
 *
 * `probabilities` is [rows, labels], `targets` [rows] indices into `labels`.
 */
export function evaluate(
  probabilities: Float64Array | Float32Array,
  targets: Int32Array | readonly number[],
  labels: readonly string[],
): Evaluation {
  const rows = targets.length
  const count = labels.length
  if (rows === 0) throw new Error('no rows to evaluate')
  if (probabilities.length !== rows * count) {
    throw new Error(`${probabilities.length} probabilities are not ${rows} rows of ${count} labels`)
  }

  const confusion = labels.map(() => new Array<number>(count).fill(0))
  let loss = 0
  for (let row = 0; row < rows; row++) {
    const target = targets[row] ?? -1
    const ofRow = probabilities.subarray(row * count, (row + 1) * count)
    const counts = confusion[target]
    if (!counts) throw new Error(`row ${row} has target ${target}, and there are ${count} labels`)
    const predicted = mostProbable(ofRow, row)
    counts[predicted] = (counts[predicted] ?? 0) + 1
    loss -= Math.log(clip(ofRow[target] ?? 0))
  }

  const predictedRows = labels.map((_, label) => sum(confusion.map((counts) => counts[label] ?? 0)))
  const classes: ClassScores[] = labels.map((label, index) => {
    const support = sum(confusion[index] ?? [])
    const predicted = predictedRows[index] ?? 0
    const right = confusion[index]?.[index] ?? 0
    return {
      label,
      precision: share(right, predicted),
      recall: share(right, support),
      f1: share(2 * right, predicted + support),
      support,
    }
  })
  const present = classes.filter((scores, index) => scores.support > 0 || (predictedRows[index] ?? 0) > 0)
  const macro = (of: (scores: ClassScores) => number) => sum(present.map(of)) / present.length
  const weighted = (of: (scores: ClassScores) => number) =>
    sum(classes.map((scores) => of(scores) * scores.support)) / rows

  return {
    rows,
    accuracy: sum(confusion.map((counts, label) => counts[label] ?? 0)) / rows,
    f1_macro: macro((scores) => scores.f1),
    f1_weighted: weighted((scores) => scores.f1),
    auc: auc(probabilities, targets, classes),
    log_loss: loss / rows,
    precision_macro: macro((scores) => scores.precision),
    recall_macro: macro((scores) => scores.recall),
    precision_weighted: weighted((scores) => scores.precision),
    recall_weighted: weighted((scores) => scores.recall),
    classes,
    confusion,
  }
}

/** The few numbers by which models are compared. */
export function scoresOf({ accuracy, f1_macro, f1_weighted, auc, log_loss }: Evaluation): Scores {
  return { accuracy, f1_macro, f1_weighted, auc, log_loss }
}

function mostProbable(ofRow: Float64Array | Float32Array, row: number): number {
  let best = 0
  let highest = Number.NEGATIVE_INFINITY
  for (const [label, probability] of ofRow.entries()) {
    if (Number.isNaN(probability)) {
      throw new UserError(
        t`the model's probabilities for evaluated row ${row + 1} are not numbers: training diverged; use a lower learning rate`,
      )
    }
    if (probability > highest) {
      highest = probability
      best = label
    }
  }
  return best
}

function auc(
  probabilities: Float64Array | Float32Array,
  targets: Int32Array | readonly number[],
  classes: readonly ClassScores[],
): number | null {
  const of = (label: number, support: number): number | null => {
    const positives = new Float64Array(support)
    const negatives = new Float64Array(targets.length - support)
    let positive = 0
    let negative = 0
    for (let row = 0; row < targets.length; row++) {
      const score = probabilities[row * classes.length + label] ?? 0
      if (targets[row] === label) positives[positive++] = score
      else negatives[negative++] = score
    }
    return areaUnderCurve(positives, negatives)
  }
  if (classes.length === 2) return of(1, classes[1]?.support ?? 0)
  const areas = classes.map(({ support }, label) => of(label, support)).filter((area) => area !== null)
  return areas.length === 0 ? null : sum(areas) / areas.length
}

const clip = (probability: number) => Math.min(Math.max(probability, Number.EPSILON), 1 - Number.EPSILON)
const share = (part: number, whole: number) => (whole === 0 ? 0 : part / whole)
const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0)
