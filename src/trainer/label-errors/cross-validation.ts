import type { Runtime } from '../engine/runtime.ts'
import { trainNgram } from '../evaluation/ngram.ts'
import { headLogits, type Labelled, openRegression, trainProbe } from '../evaluation/probe.ts'
import { softmaxRows } from '../evaluation/softmax.ts'

/** Probabilities [held rows, labels] by a model that is trained on the others. */
export type TrainAndPredict = (train: readonly number[], held: readonly number[]) => Promise<Float64Array>

/**
 * The probabilities [rows, labels] of every row, each by a model that saw none of the rows of its fold.
 *
 * @param fold of each row, from 0
 * @param progress is told the share of the folds that are done
 */
export async function crossValidated(
  fold: Int32Array,
  labels: number,
  model: TrainAndPredict,
  progress: (share: number) => void,
): Promise<Float64Array> {
  const probabilities = new Float64Array(fold.length * labels)
  const rows = Array.from(fold, (_, row) => row)
  const folds = [...new Set(fold.toSorted())]
  progress(0)
  for (const [i, own] of folds.entries()) {
    const held = rows.filter((row) => fold[row] === own)
    const others = rows.filter((row) => fold[row] !== own)
    const found = await model(others, held)
    for (const [at, row] of held.entries())
      probabilities.set(found.subarray(at * labels, (at + 1) * labels), row * labels)
    progress((i + 1) / folds.length)
  }
  return probabilities
}

/**
 * The linear probe on embeddings [rows, width]. The strength of its L2 is chosen in the first fold, by the log loss of
 * the rows held out there: one number, which tells next to nothing of any of them.
 */
export function probeOn(
  runtime: Runtime,
  { features, targets }: Labelled,
  labels: readonly string[],
): TrainAndPredict {
  const width = features.length / targets.length
  let strength: number | null = null
  const part = (rows: readonly number[]): Labelled => {
    const own = new Float32Array(rows.length * width)
    for (const [i, row] of rows.entries())
      own.set(features.subarray(row * width, (row + 1) * width), i * width)
    return { features: own, targets: Int32Array.from(rows, (row) => targets[row] ?? 0) }
  }
  const goOn = () => Promise.resolve()
  return async (train, held) => {
    const others = part(held)
    if (strength === null) {
      const probe = await trainProbe(runtime, part(train), others, labels, goOn)
      strength = probe.strength
      return softmaxRows(headLogits(probe.best, others.features), labels.length)
    }
    const regression = await openRegression(runtime, part(train), labels.length)
    try {
      const { head } = await regression.fit(strength, null, goOn)
      return softmaxRows(headLogits(head, others.features), labels.length)
    } finally {
      await regression.release()
    }
  }
}

/** The n-gram model, its strength chosen on training rows of the first fold. */
export function ngramOn(
  texts: readonly string[],
  targets: Int32Array,
  labels: number,
  seed: number,
): TrainAndPredict {
  let strength: { C: number } | undefined
  const textsOf = (rows: readonly number[]): string[] => rows.map((row) => texts[row] ?? '')
  return async (train, held) => {
    const own = Int32Array.from(train, (row) => targets[row] ?? 0)
    const model = await trainNgram(textsOf(train), own, labels, seed, () => undefined, strength)
    strength = { C: model.parts.C }
    return model.probabilities(textsOf(held))
  }
}
