import { join } from 'node:path'
import { atomicWrite } from '../../run/atomic-write.ts'
import type { FileMeasure } from '../../shared/compression.ts'
import type { RunEvaluation, TaskBefore } from '../../shared/evaluation.ts'
import type { DoneEvent } from '../../shared/events.ts'
import { t } from '../../shared/l10n.ts'
import { evaluate, scoresOf } from '../evaluation/metrics.ts'
import { exportChecked } from '../export/export.ts'
import { exportGraph } from '../export/graph.ts'
import { targetsOf, textsOf } from './before.ts'
import { finishNumbers } from './finish-numbers.ts'
import type { Inputs } from './inputs.ts'
import type { Journal } from './journal.ts'
import { cutOf } from './long-texts.ts'
import { changedWeights, headOf, type Parts, probabilitiesOf } from './parts.ts'
import type { Data } from './prepare.ts'
import { addSmallerFiles } from './smaller-files.ts'

/** What a run is known by when it is done. */
export type Measured = Pick<DoneEvent, 'test' | 'before'>

/** The final evaluation, the export, and the files of both. */
export const finish = async (
  journal: Journal,
  inputs: Inputs,
  parts: Parts,
  before: TaskBefore,
  stop: AbortSignal,
): Promise<Measured> => {
  const { data, model, options, runtime } = inputs
  if (data.numbers && 'mean' in before)
    return finishNumbers(journal, inputs, data.numbers, parts, before, stop)
  if (!('majority' in before)) throw new Error('the scores before are of another task')
  const { test, valid } = data.parts
  journal.phase('evaluate')
  // What is measured is the model as it is exported, not one that reads rounded activations.
  const exact = parts.division?.half
    ? { ...parts, division: null, source: { ...parts.source, cache: null } }
    : parts
  const evaluated = async (rows: readonly number[]) => {
    const done = rows === test ? valid.length : 0
    const all = valid.length + test.length
    const progress = (part: number): void =>
      journal.progress('evaluate', done + part, all, t`${done + part} of ${all} rows`)
    const probabilities = await probabilitiesOf(inputs, exact, rows, stop, progress)
    return { probabilities, evaluation: evaluate(probabilities, targetsOf(data, rows), data.labels) }
  }
  const onValid = await evaluated(valid)
  const onTest = await evaluated(test)
  atomicWrite(join(journal.path, 'predictions.jsonl'), predictionLines(data, test, onTest.probabilities))

  journal.phase('export')
  const scores = scoresOf(onTest.evaluation)
  let files: readonly FileMeasure[] = []
  const difference = await exportChecked(
    runtime,
    journal.path,
    {
      base: model.folder,
      onnx: exportGraph(model, options.pooling, headOf(parts.network), changedWeights(parts)),
      labels: data.labels,
      maxLength: options.max_length,
      hidden: model.trunk.width,
      clean: data.cleaning.steps,
      card: {
        rows: { train: data.parts.train.length - data.added, valid: valid.length, test: test.length },
        options,
        test: onTest.evaluation,
        before,
        pair: data.columns.pair === null ? null : [data.columns.text, data.columns.pair],
      },
    },
    textsOf(data, test),
    onTest.probabilities,
    (done) => journal.progress('export', done, test.length, t`${done} of ${test.length} test rows compared`),
    async (folder) => {
      files = await addSmallerFiles(journal, inputs, folder, {
        texts: textsOf(data, test),
        targets: targetsOf(data, test),
        expected: onTest.probabilities,
      })
    },
  )
  const cut = cutOf(inputs.encoded)
  const evaluation: RunEvaluation = {
    schema: 1,
    labels: [...data.labels],
    valid: onValid.evaluation,
    test: onTest.evaluation,
    before,
    export_difference: difference,
    ...(files.length > 0 ? { files: [...files] } : {}),
    ...(cut.cut > 0 ? { cut } : {}),
  }
  atomicWrite(join(journal.path, 'evaluation.json'), `${JSON.stringify(evaluation, null, 2)}\n`)
  return { test: scores, before }
}

/** `predictions.jsonl`. @param probabilities [rows, labels] */
export const predictionLines = (data: Data, rows: readonly number[], probabilities: Float64Array): string =>
  rows
    .map((row, i) => {
      const example = data.examples[row]
      const ofRow = probabilities.subarray(i * data.labels.length, (i + 1) * data.labels.length)
      const predicted = ofRow.indexOf(Math.max(...ofRow))
      return `${JSON.stringify({
        row: example?.row,
        file: example?.file,
        text: example?.text,
        text_pair: example?.pair,
        label: example?.label,
        predicted: data.labels[predicted],
        probabilities: Object.fromEntries(
          data.labels.map((label, k) => [label, Number((ofRow[k] ?? 0).toPrecision(7))]),
        ),
      })}\n`
    })
    .join('')
