import { join } from 'node:path'
import { atomicWrite } from '../../../data/atomic-write.ts'
import type { RegressionBefore, RegressionRunEvaluation } from '../../../shared/evaluation.ts'
import { t } from '../../../shared/l10n.ts'
import { numberIntervals } from '../../evaluation/intervals/number-intervals.ts'
import { evaluateNumbers, regressionScoresOf } from '../../evaluation/regression-metrics.ts'
import { exportChecked } from '../../export/export.ts'
import { exportGraph } from '../../export/graph.ts'
import { textsOf } from '../before/before.ts'
import type { Inputs } from '../inputs.ts'
import type { Journal } from '../journal.ts'
import type { Data, Numbers } from '../prepare.ts'
import { numbersOn } from '../standardised.ts'
import { changedWeights, headOf, type Parts, valuesOf } from '../step/parts.ts'
import type { Measured } from './finish.ts'

/** The final evaluation of a run that predicts numbers, the export, and the files of both. */
export const finishNumbers = async (
  journal: Journal,
  inputs: Inputs,
  numbers: Numbers,
  parts: Parts,
  before: RegressionBefore,
  stop: AbortSignal,
): Promise<Measured> => {
  const { data, model, options, runtime } = inputs
  const { test, valid } = data.parts
  journal.phase('evaluate')
  // What is measured is the model as it is exported, not one that reads rounded activations.
  const exact = parts.division?.half
    ? { ...parts, division: null, source: { ...parts.source, cache: null } }
    : parts
  const evaluated = async (rows: readonly number[]) => {
    const done = rows === test ? valid.length : 0
    const all = valid.length + test.length
    const values = await valuesOf(inputs, numbers, exact, rows, stop, (part) =>
      journal.progress('evaluate', done + part, all, t`${done + part} of ${all} rows`),
    )
    return { values, evaluation: evaluateNumbers(values, numbersOn(numbers, rows)) }
  }
  const onValid = await evaluated(valid)
  const onTest = await evaluated(test)
  atomicWrite(join(journal.path, 'predictions.jsonl'), predictionLines(data, numbers, onTest.values))

  journal.phase('export')
  const scores = regressionScoresOf(onTest.evaluation)
  const difference = await exportChecked(
    runtime,
    journal.path,
    {
      base: model.folder,
      onnx: exportGraph(model, options.pooling, headOf(parts.network), changedWeights(parts), numbers.scale),
      labels: [data.columns.label],
      unsure: null,
      maxLength: options.max_length,
      hidden: model.trunk.width,
      clean: data.cleaning.steps,
      card: {
        rows: { train: data.parts.train.length - data.added, valid: valid.length, test: test.length },
        options,
        test: scores,
        before,
        pair: data.columns.pair === null ? null : [data.columns.text, data.columns.pair],
      },
    },
    textsOf(data, test),
    onTest.values,
    (done) => journal.progress('export', done, test.length, t`${done} of ${test.length} test rows compared`),
    undefined,
    numbers.scale.deviation,
  )
  const evaluation: RegressionRunEvaluation = {
    schema: 2,
    task: 'regress',
    target: numbers.scale,
    valid: onValid.evaluation,
    test: onTest.evaluation,
    before,
    export_difference: difference,
    intervals: numberIntervals(onTest.values, numbersOn(numbers, test), options.seed),
  }
  atomicWrite(join(journal.path, 'evaluation.json'), `${JSON.stringify(evaluation, null, 2)}\n`)
  return { test: scores, before, evaluation: null }
}

/** `predictions.jsonl`. @param values of the test rows */
const predictionLines = (data: Data, numbers: Numbers, values: Float64Array): string =>
  data.parts.test
    .map((row, i) => {
      const example = data.examples[row]
      return `${JSON.stringify({
        row: example?.row,
        file: example?.file,
        text: example?.text,
        text_pair: example?.pair,
        target: numbers.values[row],
        value: Number((values[i] ?? 0).toPrecision(7)),
      })}\n`
    })
    .join('')
