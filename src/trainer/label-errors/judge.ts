import { openCleaning } from '../../data/clean/rows.ts'
import type { Example } from '../../data/examples.ts'
import { joined, textOf } from '../../data/model-text.ts'
import type { Phase, ProgressEvent } from '../../shared/events.ts'
import { cpuRuntime } from '../engine/runtime.ts'
import { softmax } from '../evaluation/ngram/softmax.ts'
import { NGRAM } from '../ngram/run.ts'
import { locateModel } from '../text/locate.ts'
import { openTextModel } from '../text/text-model.ts'
import { MOST_UNKNOWN } from '../training/unknown-tokens.ts'
import { type Judged, selfConfidence } from './confident-learning.ts'
import { crossValidated, ngramOn, probeOn } from './cross-validation.ts'
import { embed } from './embeddings.ts'
import { nearestEmbeddings } from './nearest-embeddings.ts'
import { nearestNgrams } from './nearest-ngrams.ts'

/** That of a run where none is asked for. */
export const SEED = 42

/** Rows times labels, which is what the n-gram model costs: beyond these it takes longer than all else together. */
const MOST_CELLS = 200_000

/** What one way of giving probabilities makes of the rows. */
export interface Judgement {
  /** `ngram`, the id of a pretrained model, or both. */
  readonly name: string
  readonly judged: Judged
  /** Mean negative log of the probability of the given label. */
  readonly loss: number
  /** Of each of these rows so many others that are most like it, the nearest first. */
  nearest(rows: readonly number[], count: number): Promise<number[][]>
}

/**
 * Cross-validated probabilities of every row: by the linear probe on a pretrained model's embeddings, by the n-gram
 * model, and the mean of both. By one of the two alone where both would take long: by the n-gram model if the
 * pretrained one cannot read the texts. By the n-gram model alone where that is asked for.
 *
 * @param given index of each row's label
 * @param fold of each row, from 0
 * @param spec `embedded`, a folder, a run, a hub name, or `ngram`
 * @param progress is told the share of all the work, from 0 to 1 and never less than before
 */
export async function judge(
  rows: readonly Example[],
  given: Int32Array,
  labels: readonly string[],
  fold: Int32Array,
  spec: string,
  progress: (event: ProgressEvent) => void,
): Promise<Judgement[]> {
  const cleaning = openCleaning('default')
  const texts = rows.map((row) => joined(textOf(cleaning.cleaned(row))))
  const judgement = (name: string, probabilities: Float64Array, nearest: Judgement['nearest']): Judgement => {
    const judged = { given, probabilities, labels: labels.length }
    return { name, judged, loss: logLoss(judged), nearest }
  }
  // Opened first: what is wrong with the model is said at once.
  const runtime = cpuRuntime()
  const model = spec === NGRAM ? null : await openTextModel(runtime, await locateModel(spec), cleaning.steps)
  const count = labels.length
  const byNgrams = async (from: number): Promise<Judgement> =>
    judgement(
      NGRAM,
      await crossValidated(fold, count, ngramOn(texts, given, count, SEED), part(progress, 'ngram', from, 1)),
      (of, most) => nearestNgrams(texts, of, most),
    )
  if (model === null) return [await byNgrams(0)]

  const { id } = model.folder
  const embedded = part(progress, 'trunk', 0, EMBEDDED)
  embedded(0)
  const { features, unknown } = await embed(runtime, model, rows.map(textOf), (done) =>
    embedded(done / rows.length),
  )
  const byProbe = async (to: number): Promise<Judgement> =>
    judgement(
      id,
      await crossValidated(
        fold,
        count,
        probeOn(runtime, { features, targets: given }, labels),
        part(progress, 'probe', EMBEDDED, to),
      ),
      (of, most) => nearestEmbeddings(runtime, features, model.trunk.width, of, most),
    )
  if (rows.length * count > MOST_CELLS)
    return [unknown > MOST_UNKNOWN ? await byNgrams(EMBEDDED) : await byProbe(1)]

  const [probe, ngram] = [await byProbe(PROBED), await byNgrams(PROBED)]
  const mean = geometricMean(probe.judged.probabilities, ngram.judged.probabilities, count)
  return [probe, judgement(`${id} + ${NGRAM}`, mean, probe.nearest), ngram]
}

/** Shares of the work that are done when the rows are embedded, and when the probe has judged them: about. */
const EMBEDDED = 0.5
const PROBED = 0.75
const PERCENT = 100

/** Tells how far a part of the work is as a share of all of it. */
const part =
  (progress: (event: ProgressEvent) => void, phase: Phase, from: number, to: number) =>
  (share: number): void =>
    progress({
      event: 'progress',
      phase,
      done: PERCENT * (from + (to - from) * share),
      total: PERCENT,
      detail: null,
    })

/** In the place of a probability of nothing. */
const LEAST = 1e-9

const logLoss = (judged: Judged): number =>
  selfConfidence(judged).reduce((sum, p) => sum - Math.log(Math.max(p, LEAST)), 0) / judged.given.length

/** The normalised geometric mean of two models' probabilities [rows, labels]. */
function geometricMean(a: Float64Array, b: Float64Array, labels: number): Float64Array {
  const mean = a.map((p, i) => (Math.log(Math.max(p, LEAST)) + Math.log(Math.max(b[i] ?? 0, LEAST))) / 2)
  for (let at = 0; at < mean.length; at += labels) softmax(mean.subarray(at, at + labels))
  return mean
}
