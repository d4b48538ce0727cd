import { join } from 'node:path'
import { atomicWrite } from '../../data/atomic-write.ts'
import { cutEvents } from '../../run/metrics.ts'
import { defaultOf, OPTION_NAMES, type RunOptions } from '../../shared/config.ts'
import { UserError } from '../../shared/error.ts'
import type { Before, RunEvaluation } from '../../shared/evaluation.ts'
import type { DoneEvent } from '../../shared/events.ts'
import { t } from '../../shared/l10n.ts'
import { cpuRuntime } from '../engine/runtime.ts'
import { calibrate, measureCalibration, type Scored } from '../evaluation/calibration/calibrate.ts'
import { uncalibratedNote } from '../evaluation/calibration/note.ts'
import { labelIntervals } from '../evaluation/intervals/label-intervals.ts'
import { evaluateLeaks } from '../evaluation/leaks.ts'
import { majorityProbabilities } from '../evaluation/majority.ts'
import { evaluate, scoresOf } from '../evaluation/metrics.ts'
import { remarks } from '../evaluation/remarks.ts'
import { findSlices } from '../evaluation/slices/find.ts'
import { softmaxRows } from '../evaluation/softmax.ts'
import { writeChecked } from '../export/export.ts'
import {
  pairedBefore,
  plainTextsOf,
  saveBefore,
  saveMistakes,
  simpleOn,
  targetsOf,
  textsOf,
} from '../training/before/before.ts'
import { examine } from '../training/finish/examine.ts'
import { predictionLines, testPredictions } from '../training/finish/test-predictions.ts'
import { writeEnd } from '../training/finish/write-end.ts'
import type { Journal } from '../training/journal.ts'
import type { Data } from '../training/prepare.ts'
import { breathe, Stopped } from '../training/step/rows.ts'
import { trainValidated } from './choose.ts'
import { type ExportedNgram, writeNgramFolder } from './folder.ts'
import { ngramGraph } from './graph.ts'
import { isWithoutEffect } from './options.ts'

/** `--model ngram`: the n-gram model, which starts from no pretrained one. */
export const NGRAM = 'ngram'

/** What its run is made from: see `Base`. */
export const NGRAM_BASE = { kind: 'ngram', model: NGRAM, id: NGRAM } as const

/** The options of its run as far as they concern rows. */
export const dataOptions = (options: RunOptions): RunOptions => {
  if (options.task === 'regress')
    throw new UserError(
      t`The base model ngram sorts texts into labels and can't predict numbers; choose another model, or predict labels`,
      'usage',
    )
  return { ...options, augment: 'none', augment_synonyms: null }
}

/** Trains, validates, tests and exports the n-gram model: the stages of its run. It is done in seconds, so a run that goes on begins anew. */
export const ngramStages = async (journal: Journal, data: Data, stop: AbortSignal): Promise<DoneEvent> => {
  const { train, valid, test } = data.parts
  const { labels } = data
  const { seed } = journal.record.options
  cutEvents(journal.path, null)
  tellData(journal, data)

  journal.phase('ngram')
  const targets = targetsOf(data, train)
  const began = performance.now()
  const rowsOf = (rows: readonly number[]) => ({
    texts: plainTextsOf(data, rows),
    targets: targetsOf(data, rows),
  })
  const model = await trainValidated(rowsOf(train), rowsOf(valid), labels, seed, (share) => {
    journal.progress('ngram', Math.min(1, share), 1)
    if (stop.aborted) throw new Stopped('stopped')
  })
  journal.addTraining((performance.now() - began) / 1000)
  const { size, C, limit } = model.parts
  journal.tell({
    event: 'note',
    message: Number.isFinite(limit)
      ? t`${size} n-grams of words and characters, regularisation C ${C}; the first ${limit} characters of a text are read.`
      : t`${size} n-grams of words and characters, regularisation C ${C}.`,
  })

  journal.phase('evaluate')
  const scored = async (rows: readonly number[]) => {
    const logits = model.logits(plainTextsOf(data, rows))
    await breathe(stop)
    return { logits, targets: targetsOf(data, rows) }
  }
  const onTrain = await scored(train)
  const onValid = await scored(valid)
  const onTest = await scored(test)
  // As the epochs of every other model: before its temperature, which the validation rows give.
  const uncalibrated = ({ logits, targets }: Scored) =>
    scoresOf(evaluate(softmaxRows(logits, labels.length), targets, labels))
  const calibrated = calibrate(onValid, onTest, labels.length)
  const ofValid = evaluate(calibrated.valid, onValid.targets, labels)
  const ofTest = evaluate(calibrated.test, onTest.targets, labels)
  const scores = scoresOf(ofTest)
  journal.tell({
    event: 'epoch',
    step: 1,
    epoch: 1,
    train_loss: uncalibrated(onTrain).log_loss,
    valid: uncalibrated(onValid),
    best: true,
  })
  const majority = simpleOn(data, majorityProbabilities(targets, labels.length, test.length))
  saveMistakes(journal.path, { majority })
  const before: Before = { majority: majority.scores, ngram: null, probe: null }
  saveBefore(journal.path, before)
  const calibration = measureCalibration(onValid, onTest, labels.length, calibrated)
  const note = uncalibratedNote(calibration, onValid.targets, labels)
  if (note !== null) journal.tell({ event: 'note', message: note })
  const isCut = (row: number): boolean => (plainTextsOf(data, [row])[0]?.length ?? 0) > limit
  const predictions = await testPredictions(data, calibrated.test, isCut)
  atomicWrite(join(journal.path, 'predictions.jsonl'), predictionLines(predictions))

  journal.phase('export')
  const exported: ExportedNgram = {
    onnx: ngramGraph(
      { ...model.parts, weights: model.parts.weights.map((weight) => weight / calibrated.temperature) },
      labels,
    ),
    labels,
    ngrams: size,
    unsure: calibration.unsure.threshold,
    clean: data.cleaning.steps,
    card: {
      rows: { train: train.length, valid: valid.length, test: test.length },
      seed,
      C,
      test: ofTest,
      majority: before.majority,
      pair: data.columns.pair === null ? null : [data.columns.text, data.columns.pair],
    },
  }
  const difference = await writeChecked(
    cpuRuntime(),
    journal.path,
    (folder) => writeNgramFolder(folder, exported),
    textsOf(data, test),
    calibrated.test,
    (done) => journal.progress('export', done, test.length, t`${done} of ${test.length} test rows compared`),
  )
  const evaluation: RunEvaluation = {
    schema: 1,
    labels: [...labels],
    valid: ofValid,
    test: ofTest,
    before,
    export_difference: difference,
    intervals: labelIntervals(calibrated.test, onTest.targets, labels.length, seed),
    paired: pairedBefore(journal.path, data, calibrated.test),
    calibration,
    leaks: evaluateLeaks(calibrated.test, onTest.targets, test, data.leaks),
    slices: findSlices(predictions),
    findings: examine(journal, data, null, {
      valid: ofValid,
      test: ofTest,
      probed: (rows) => (rows === valid ? calibrated.valid : calibrated.test),
    }),
  }
  atomicWrite(join(journal.path, 'evaluation.json'), `${JSON.stringify(evaluation, null, 2)}\n`)
  // What it took by now, for the report.
  journal.save({})
  await writeEnd(journal.path, { ...journal.record, status: 'done', test: scores })
  journal.save({ status: 'done', test: scores, progress: { epoch: 1, step: 1, steps: 1 } })
  return { ...journal.done(scores, before), advice: remarks(evaluation) }
}

const tellData = (journal: Journal, data: Data): void => {
  const { options } = journal.record
  journal.phase('data')
  for (const message of data.notes) journal.tell({ event: 'note', message })
  for (const message of data.warnings) journal.tell({ event: 'warning', message })
  const idle = OPTION_NAMES.filter((name) => isWithoutEffect(name) && options[name] !== defaultOf(name))
  if (idle.length > 0)
    journal.tell({
      event: 'warning',
      message: t`No effect on the n-gram model: ${idle.map((name) => `--${name.replaceAll('_', '-')}`).join(', ')}.`,
    })
}
