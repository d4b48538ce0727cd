import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import * as v from 'valibot'
import { atomicWrite } from '../../../data/atomic-write.ts'
import { joined, type ModelText, textOf } from '../../../data/model-text.ts'
import { readChecked } from '../../../run/folder.ts'
import { type Scores, TaskBefore } from '../../../shared/evaluation.ts'
import { t } from '../../../shared/l10n.ts'
import { pairedBy } from '../../../shared/mcnemar.ts'
import type { Paired } from '../../../shared/trust.ts'
import { calibrate } from '../../evaluation/calibration/calibrate.ts'
import { majorityProbabilities } from '../../evaluation/majority.ts'
import { evaluate, scoresOf } from '../../evaluation/metrics.ts'
import { mostProbable } from '../../evaluation/most-probable.ts'
import { trainNgram } from '../../evaluation/ngram.ts'
import type { Data } from '../prepare.ts'

/** A simpler model on the test rows: its scores, and at which of them it is mistaken. */
export interface Simple {
  readonly scores: Scores
  readonly mistakes: readonly number[]
}

/** The majority class and the n-gram model. */
export const measureSimple = async (
  data: Data,
  seed: number,
  report: (share: number) => void,
): Promise<{ majority: Simple; ngram: Simple }> => {
  const { test } = data.parts
  // Of rows and their copies some would choose the strength, the others be learnt from, and each tell the other.
  const train = data.parts.train.slice(0, data.parts.train.length - data.added)
  const classes = data.labels.length
  const trainTargets = targetsOf(data, train)
  const model = await trainNgram(plainTextsOf(data, train), trainTargets, classes, seed, report)
  return {
    majority: simpleOn(data, majorityProbabilities(trainTargets, classes, test.length)),
    ngram: calibratedSimple(data, (rows) => model.logits(plainTextsOf(data, rows))),
  }
}

/** With a temperature as the run's own model has one: else what that one gains would be laid to its training. */
export const calibratedSimple = (
  data: Data,
  logitsOf: (rows: readonly number[]) => Float64Array | Float32Array,
): Simple => {
  const { valid, test } = data.parts
  const scored = (rows: readonly number[]) => ({ logits: logitsOf(rows), targets: targetsOf(data, rows) })
  return simpleOn(data, calibrate(scored(valid), scored(test), data.labels.length).test)
}

/** @param probabilities [test rows, labels] */
export const simpleOn = (data: Data, probabilities: Float64Array): Simple => ({
  scores: scoresOn(data, data.parts.test, probabilities),
  mistakes: mistakesOn(data, probabilities),
})

/** Places among the test rows. */
const mistakesOn = (data: Data, probabilities: Float64Array): readonly number[] =>
  [...targetsOf(data, data.parts.test).entries()]
    .filter(([row, target]) => mostProbable(probabilities, row, data.labels.length) !== target)
    .map(([row]) => row)

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

const mistakesFile = (run: string): string => join(run, 'before-mistakes.json')

const Mistakes = v.record(v.string(), v.array(v.number()))
type Mistakes = v.InferOutput<typeof Mistakes>

/** Which test rows each simpler model has wrong, by its name in `before`. To be kept before the scores, which say that both are known. */
export const saveMistakes = (run: string, simple: Readonly<Record<string, Simple>>): void => {
  const mistakes: Mistakes = Object.fromEntries(
    Object.entries(simple).map(([name, { mistakes }]) => [name, [...mistakes]]),
  )
  atomicWrite(mistakesFile(run), `${JSON.stringify(mistakes)}\n`)
}

/**
 * The run's own model and each simpler one, test row by test row; nothing of a run that an older version began.
 *
 * @param probabilities [test rows, labels]
 */
export const pairedBefore = (
  run: string,
  data: Data,
  probabilities: Float64Array,
): Record<string, Paired> => {
  if (!existsSync(mistakesFile(run))) return {}
  const known = readChecked(mistakesFile(run), Mistakes, t`the scores are gone`)
  const right = (mistakes: readonly number[]): readonly boolean[] => {
    const wrong = new Set(mistakes)
    return data.parts.test.map((_, row) => !wrong.has(row))
  }
  const own = right(mistakesOn(data, probabilities))
  return Object.fromEntries(
    Object.entries(known).map(([name, mistakes]) => [name, pairedBy(own, right(mistakes))]),
  )
}

/** Takes away what was measured on other rows or by another model. */
export const forgetBefore = (run: string): void => {
  for (const one of [file(run), mistakesFile(run)]) rmSync(one, { force: true })
}
