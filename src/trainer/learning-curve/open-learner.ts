import type { RunOptions } from '../../shared/config.ts'
import { UserError } from '../../shared/error.ts'
import { t } from '../../shared/l10n.ts'
import { trainNgram } from '../evaluation/ngram.ts'
import { headLogits, trainProbe } from '../evaluation/probe.ts'
import { softmaxRows } from '../evaluation/softmax.ts'
import { dataOptions, NGRAM } from '../ngram/run.ts'
import { plainTextsOf, targetsOf } from '../training/before/before.ts'
import { computeFeatures } from '../training/before/features.ts'
import { prepare } from '../training/inputs.ts'
import type { Report } from '../training/journal.ts'
import { type Data, prepareData } from '../training/prepare.ts'
import { featureNetwork } from '../training/step/network.ts'
import { breathe, rowCount, Stopped } from '../training/step/rows.ts'

/** What is trained on some rows and says the labels of the validation rows: seconds each, as a curve needs ten of them. */
export interface Learner {
  readonly data: Data
  readonly kind: 'ngram' | 'probe'
  /** [validation rows, labels] */
  learn(rows: readonly number[], progress: (share: number) => void): Promise<Float64Array>
}

/** The n-gram model where the base model is that, else a linear probe on the untouched encoder. */
export const openLearner = async (
  files: readonly string[],
  asked: RunOptions,
  report: Report,
  stop: AbortSignal,
): Promise<Learner> => {
  if (asked.task === 'regress')
    throw new UserError(t`A learning curve is of labels; numbers have none yet`, 'usage')
  // Copies of rows would stand for rows that a person has not labelled.
  const options: RunOptions = { ...asked, augment: 'none', augment_synonyms: null }
  return options.model === NGRAM ? openNgram(files, options, stop) : openProbe(files, options, report, stop)
}

const openNgram = async (
  files: readonly string[],
  options: RunOptions,
  stop: AbortSignal,
): Promise<Learner> => {
  const data = await prepareData(files, dataOptions(options))
  return {
    data,
    kind: 'ngram',
    learn: async (rows, progress) => {
      const targets = targetsOf(data, rows)
      const tell = (share: number): void => {
        progress(share)
        if (stop.aborted) throw new Stopped('stopped')
      }
      const model = await trainNgram(
        plainTextsOf(data, rows),
        targets,
        data.labels.length,
        options.seed,
        tell,
      )
      return model.probabilities(plainTextsOf(data, data.parts.valid))
    },
  }
}

const openProbe = async (
  files: readonly string[],
  options: RunOptions,
  report: Report,
  stop: AbortSignal,
): Promise<Learner> => {
  const { data, model, encoded, windows, options: resolved, runtime } = await prepare(files, options, report)
  const source = { encoded, windows, padId: model.tokenizer.padId, cache: null }
  const all = rowCount(source)
  const { width } = model.trunk
  const { features } = await computeFeatures(
    runtime,
    featureNetwork(model, resolved.pooling, windows !== null),
    width,
    source,
    null,
    (done) =>
      report({ event: 'progress', phase: 'trunk', done, total: all, detail: t`${done} of ${all} rows` }),
    stop,
  )
  const of = (rows: readonly number[]) => {
    const own = new Float32Array(rows.length * width)
    for (const [i, row] of rows.entries())
      own.set(features.subarray(row * width, (row + 1) * width), i * width)
    return { features: own, targets: targetsOf(data, rows) }
  }
  const valid = of(data.parts.valid)
  return {
    data,
    kind: 'probe',
    learn: async (rows, progress) => {
      const probe = await trainProbe(runtime, of(rows), valid, data.labels, async (share) => {
        progress(share)
        await breathe(stop)
      })
      return softmaxRows(headLogits(probe.best, valid.features), data.labels.length)
    },
  }
}
