import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { joined, type ModelText, textOf } from '../../data/model-text.ts'
import { atomicWrite } from '../../run/atomic-write.ts'
import { readChecked } from '../../run/folder.ts'
import { type Scores, TaskBefore } from '../../shared/evaluation.ts'
import { t } from '../../shared/l10n.ts'
import { majorityProbabilities } from '../evaluation/majority.ts'
import { evaluate, scoresOf } from '../evaluation/metrics.ts'
import { trainNgram } from '../evaluation/ngram.ts'
import type { Data } from './prepare.ts'

/** The majority class and the n-gram model, measured on the test rows. */
export const measureSimple = async (
  data: Data,
  seed: number,
  report: (share: number) => void,
): Promise<{ majority: Scores; ngram: Scores }> => {
  const { test } = data.parts
  // Of rows and their copies some would choose the strength, the others be learnt from, and each tell the other.
  const train = data.parts.train.slice(0, data.parts.train.length - data.added)
  const classes = data.labels.length
  const trainTargets = targetsOf(data, train)
  const model = await trainNgram(plainTextsOf(data, train), trainTargets, classes, seed, report)
  return {
    majority: scoresOn(data, test, majorityProbabilities(trainTargets, classes, test.length)),
    ngram: scoresOn(data, test, model.probabilities(plainTextsOf(data, test))),
  }
}

export const scoresOn = (data: Data, rows: readonly number[], probabilities: Float64Array): Scores =>
  scoresOf(evaluate(probabilities, targetsOf(data, rows), data.labels))

export const targetsOf = (data: Data, rows: readonly number[]): Int32Array =>
  Int32Array.from(rows, (row) => data.targets[row] ?? 0)

/** As they stand in the file. */
export const textsOf = (data: Data, rows: readonly number[]): readonly ModelText[] =>
  rows.flatMap((row) => {
    const example = data.examples[row]
    return example === undefined ? [] : [textOf(example)]
  })

/** Cleaned, and of a pair both in one: for a model without a tokenizer of its own. */
export const plainTextsOf = (data: Data, rows: readonly number[]): readonly string[] =>
  rows.flatMap((row) => {
    const example = data.examples[row]
    return example === undefined ? [] : [joined(textOf(data.cleaning.cleaned(example)))]
  })

const file = (run: string): string => join(run, 'before.json')

/** Kept as soon as they are known, so that a run that goes on does not measure them again. */
export const saveBefore = (run: string, before: TaskBefore): void =>
  atomicWrite(file(run), `${JSON.stringify(before, null, 2)}\n`)

/** null: not measured yet. */
export const loadBefore = (run: string): TaskBefore | null =>
  existsSync(file(run)) ? readChecked(file(run), TaskBefore, t`the scores are gone`) : null
