import type { RegressionBefore, RegressionScores } from '../../../shared/evaluation.ts'
import { trainNgramRidge } from '../../evaluation/ngram-ridge.ts'
import { headLogits, type Probe } from '../../evaluation/probe.ts'
import { evaluateNumbers, regressionScoresOf } from '../../evaluation/regression-metrics.ts'
import { trainRidgeProbe } from '../../evaluation/ridge-probe.ts'
import type { Inputs } from '../inputs.ts'
import type { Journal } from '../journal.ts'
import type { Numbers } from '../prepare.ts'
import { inUnits, numbersOn, standardised } from '../standardised.ts'
import { breathe, Stopped } from '../step/rows.ts'
import { loadBefore, plainTextsOf, saveBefore } from './before.ts'

/**
 * The linear probe, and the scores of the three simpler models of numbers on the test rows: the mean of the
 * training rows, ridge regression on n-grams, and the probe.
 *
 * @param features [rows, width]
 */
export const measureBeforeNumbers = async (
  journal: Journal,
  { data, model, options, runtime }: Inputs,
  numbers: Numbers,
  features: Float32Array,
  stop: AbortSignal,
): Promise<{ before: RegressionBefore; probe: Probe }> => {
  const { width } = model.trunk
  const { train, valid, test } = data.parts
  const part = (rows: readonly number[]) => {
    const [first = 0] = rows
    return {
      features: features.subarray(first * width, (first + rows.length) * width),
      targets: standardised(numbers, rows),
    }
  }
  journal.phase('probe')
  const probe = await trainRidgeProbe(runtime, part(train), part(valid), async (share) => {
    journal.progress('probe', share, 1)
    await breathe(stop)
  })
  const known = loadBefore(journal.path)
  if (known && 'mean' in known) return { before: known, probe }
  const scores = (answers: ArrayLike<number>): RegressionScores =>
    regressionScoresOf(evaluateNumbers(inUnits(numbers, answers), numbersOn(numbers, test)))
  journal.phase('ngram')
  // Of rows and their copies some would choose the strength, the others be learnt from, and each tell the other.
  const own = train.slice(0, train.length - data.added)
  const ngram = await trainNgramRidge(
    plainTextsOf(data, own),
    standardised(numbers, own),
    options.seed,
    (share) => {
      journal.progress('ngram', share, 1)
      if (stop.aborted) throw new Stopped('stopped')
    },
  )
  const before = {
    mean: scores(new Float64Array(test.length)),
    ngram: scores(ngram.values(plainTextsOf(data, test))),
    probe: scores(headLogits(probe.best, part(test).features)),
  }
  saveBefore(journal.path, before)
  return { before, probe }
}
