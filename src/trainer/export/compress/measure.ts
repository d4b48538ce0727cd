import { statSync } from 'node:fs'
import { join } from 'node:path'
import type { ModelText } from '../../../data/model-text.ts'
import type { Dtype, FileMeasure } from '../../../shared/compression.ts'
import type { Runtime } from '../../engine/runtime.ts'
import { openPredictor, type Predictor } from '../../prediction/predict.ts'
import { fileOf } from '../dtype.ts'

/** A form of the model that is to be measured. */
export interface Form {
  readonly folder: string
  readonly dtype: Dtype
  readonly trimmed: boolean
}

/** The rows that a form is measured on, and what the untouched fp32 file says of them. */
export interface TestRows {
  readonly texts: readonly ModelText[]
  /** Index of each row's label. */
  readonly targets: ArrayLike<number>
  /** [texts, labels]. */
  readonly expected: Float64Array
}

const TEXTS = 32
const ROUNDS = 5

/**
 * Size, time, accuracy and distance from the untouched file. Times are taken in turn, so that what else the
 * machine does falls on all forms alike; the median of the rounds counts.
 */
export const measureForms = async (
  runtime: Runtime,
  forms: readonly Form[],
  rows: TestRows,
  progress: (done: number) => void,
): Promise<readonly FileMeasure[]> => {
  const predictors: Predictor[] = []
  try {
    for (const { folder, dtype } of forms) predictors.push(await openPredictor(folder, runtime, dtype))
    const scored: { accuracy: number; difference: number }[] = []
    for (const [i, predictor] of predictors.entries())
      scored.push(await scoresOf(predictor, rows, (done) => progress(i * rows.texts.length + done)))
    const times = await timesOf(predictors, sample(rows.texts))
    return forms.map(({ folder, dtype, trimmed }, i) => ({
      file: fileOf(dtype),
      dtype,
      trimmed,
      bytes: statSync(join(folder, fileOf(dtype))).size,
      ms_single: rounded(median(times[i]?.single ?? [])),
      ms_batch: rounded(median(times[i]?.batch ?? [])),
      accuracy: scored[i]?.accuracy ?? Number.NaN,
      difference: scored[i]?.difference ?? Number.NaN,
    }))
  } finally {
    for (const predictor of predictors) await predictor.close()
  }
}

const scoresOf = async (
  predictor: Predictor,
  { texts, targets, expected }: TestRows,
  progress: (done: number) => void,
): Promise<{ accuracy: number; difference: number }> => {
  const probabilities = await predictor.predict(texts, progress)
  const labels = predictor.labels.length
  let right = 0
  let difference = 0
  for (let row = 0; row < texts.length; row++) {
    let best = 0
    for (let label = 0; label < labels; label++) {
      const at = row * labels + label
      const probability = probabilities[at] ?? Number.NaN
      if (probability > (probabilities[row * labels + best] ?? 0)) best = label
      difference = Math.max(difference, Math.abs(probability - (expected[at] ?? Number.NaN)))
    }
    if (best === targets[row]) right++
  }
  return { accuracy: right / texts.length, difference }
}

/** Evenly spaced, so that files in order of label or length give all kinds of text. */
const sample = (texts: readonly ModelText[]): readonly ModelText[] =>
  Array.from({ length: TEXTS }, (_, i) => texts[Math.floor((i * texts.length) / TEXTS)] ?? '')

/** Milliseconds a text in each round. */
interface Times {
  readonly single: number[]
  readonly batch: number[]
}

const timesOf = async (
  predictors: readonly Predictor[],
  texts: readonly ModelText[],
): Promise<readonly Times[]> => {
  const times: Times[] = predictors.map(() => ({ single: [], batch: [] }))
  // The first round is for the caches.
  for (let round = 0; round <= ROUNDS; round++)
    for (const [i, predictor] of predictors.entries()) {
      const single = await timed(async () => {
        for (const text of texts) await predictor.predict([text])
      })
      const batch = await timed(() => predictor.predict(texts))
      if (round === 0) continue
      times[i]?.single.push(single / texts.length)
      times[i]?.batch.push(batch / texts.length)
    }
  return times
}

const timed = async (work: () => Promise<unknown>): Promise<number> => {
  const start = performance.now()
  await work()
  return performance.now() - start
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN

const rounded = (milliseconds: number): number => Number(milliseconds.toPrecision(3))
