import { join } from 'node:path'
import { atomicWrite } from '../../../data/atomic-write.ts'
import type { FileMeasure } from '../../../shared/compression.ts'
import type { RunEvaluation, TaskBefore } from '../../../shared/evaluation.ts'
import type { DoneEvent } from '../../../shared/events.ts'
import { t } from '../../../shared/l10n.ts'
import { calibrate, measureCalibration } from '../../evaluation/calibration/calibrate.ts'
import { uncalibratedNote } from '../../evaluation/calibration/note.ts'
import { labelIntervals } from '../../evaluation/intervals/label-intervals.ts'
import { evaluateLeaks } from '../../evaluation/leaks.ts'
import { evaluate, scoresOf } from '../../evaluation/metrics.ts'
import { findSlices } from '../../evaluation/slices/find.ts'
import { exportChecked } from '../../export/export.ts'
import { exportGraph } from '../../export/graph.ts'
import { dividedHead } from '../../tasks/head.ts'
import { pairedBefore, targetsOf, textsOf } from '../before/before.ts'
import type { Inputs } from '../inputs.ts'
import type { Journal } from '../journal.ts'
import { cutOf, isCutRow } from '../long-texts.ts'
import { changedWeights, headOf, logitsOf, type Parts } from '../step/parts.ts'
import { examine } from './examine.ts'
import { finishNumbers } from './finish-numbers.ts'
import { addSmallerFiles } from './smaller-files.ts'
import { predictionLines, testPredictions } from './test-predictions.ts'

/** What a run is known by when it is done. */
export interface Measured extends Pick<DoneEvent, 'test' | 'before'> {
  /** null where numbers are predicted. */
  readonly evaluation: RunEvaluation | null
}

/**
 * The final evaluation, the export, and the files of both.
 *
 * @param probed what the probe says of rows that follow each other: [rows, labels]
 */
export const finish = async (
  journal: Journal,
  inputs: Inputs,
  parts: Parts,
  before: TaskBefore,
  probed: (rows: readonly number[]) => Float64Array,
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
  const scored = async (rows: readonly number[]) => {
    const done = rows === test ? valid.length : 0
    const all = valid.length + test.length
    const progress = (part: number): void =>
      journal.progress('evaluate', done + part, all, t`${done + part} of ${all} rows`)
    return {
      logits: await logitsOf(inputs, exact, rows, stop, progress),
      targets: targetsOf(data, rows),
    }
  }
  const onValid = await scored(valid)
  const onTest = await scored(test)
  const { labels } = data
  const calibrated = calibrate(onValid, onTest, labels.length)
  const ofValid = evaluate(calibrated.valid, onValid.targets, labels)
  const ofTest = evaluate(calibrated.test, onTest.targets, labels)
  const calibration = measureCalibration(onValid, onTest, labels.length, calibrated)
  const note = uncalibratedNote(calibration, onValid.targets, labels)
  if (note !== null) journal.tell({ event: 'note', message: note })
  const predictions = await testPredictions(data, calibrated.test, (row) => isCutRow(inputs, row))
  atomicWrite(join(journal.path, 'predictions.jsonl'), predictionLines(predictions))

  journal.phase('export')
  const scores = scoresOf(ofTest)
  let files: readonly FileMeasure[] = []
  const difference = await exportChecked(
    runtime,
    journal.path,
    {
      base: model.folder,
      onnx: exportGraph(
        model,
        options.pooling,
        dividedHead(headOf(parts.network), calibrated.temperature),
        changedWeights(parts),
      ),
      labels,
      unsure: calibration.unsure.threshold,
      maxLength: options.max_length,
      hidden: model.trunk.width,
      clean: data.cleaning.steps,
      card: {
        rows: { train: data.parts.train.length - data.added, valid: valid.length, test: test.length },
        options,
        test: ofTest,
        before,
        pair: data.columns.pair === null ? null : [data.columns.text, data.columns.pair],
      },
    },
    textsOf(data, test),
    calibrated.test,
    (done) => journal.progress('export', done, test.length, t`${done} of ${test.length} test rows compared`),
    async (folder) => {
      files = await addSmallerFiles(journal, inputs, folder, {
        texts: textsOf(data, test),
        targets: onTest.targets,
        expected: calibrated.test,
      })
    },
  )
  const cut = cutOf(inputs.encoded)
  const evaluation: RunEvaluation = {
    schema: 1,
    labels: [...labels],
    valid: ofValid,
    test: ofTest,
    before,
    export_difference: difference,
    ...(files.length > 0 ? { files: [...files] } : {}),
    ...(cut.cut > 0 ? { cut } : {}),
    intervals: labelIntervals(calibrated.test, onTest.targets, labels.length, options.seed),
    paired: pairedBefore(journal.path, data, calibrated.test),
    calibration,
    leaks: evaluateLeaks(calibrated.test, onTest.targets, test, data.leaks),
    slices: findSlices(predictions),
    findings: examine(journal, data, options, { valid: ofValid, test: ofTest, probed }),
  }
  atomicWrite(join(journal.path, 'evaluation.json'), `${JSON.stringify(evaluation, null, 2)}\n`)
  return { test: scores, before, evaluation }
}
