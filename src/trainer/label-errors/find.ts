import { openCleaning } from '../../data/clean/rows.ts'
import type { WantedColumns } from '../../data/columns.ts'
import type { Example } from '../../data/examples.ts'
import { foldsOf } from '../../data/folds.ts'
import { labelOrder } from '../../data/labels.ts'
import { joined, textOf } from '../../data/model-text.ts'
import type { Suspect, SuspectCounts } from '../../shared/suspect.ts'
import { cpuRuntime } from '../engine/runtime.ts'
import { NGRAM } from '../ngram/run.ts'
import { locateModel } from '../text/locate.ts'
import { openTextModel } from '../text/text-model.ts'
import { geometricMean, logLoss } from './choose.ts'
import { type Judged, likeliestOther, rankSuspects } from './confident-learning.ts'
import { crossValidated, ngramOn, probeOn } from './cross-validation.ts'
import { embed } from './embeddings.ts'
import { nearestEmbeddings } from './nearest-embeddings.ts'
import { nearestNgrams } from './nearest-ngrams.ts'
import { readRows } from './read-rows.ts'

const FOLDS = 5
const NEIGHBOURS = 3
/** That of a run where none is asked for. */
const SEED = 42

export interface LabelErrors {
  readonly counts: SuspectCounts
  readonly suspects: readonly Suspect[]
  readonly notes: readonly string[]
}

/**
 * The rows of files whose label may be wrong, by confident learning over cross-validated probabilities: of the linear
 * probe on a pretrained model's embeddings, of the n-gram model, or of the mean of both, whichever has the least log
 * loss. The same rows give the same answer, but for the seconds.
 *
 * @param model `embedded`, a folder, a run, a hub name; or `ngram` for the n-gram model alone
 * @param progress is told how many of so many rows are embedded
 */
export async function findLabelErrors(
  files: readonly string[],
  wanted: WantedColumns,
  model: string,
  progress: (done: number, rows: number) => void,
): Promise<LabelErrors> {
  const began = performance.now()
  const { examples, notes } = await readRows(files, wanted)
  const rows = examples.examples
  const labels = labelOrder(rows.map(({ label }) => label))
  const number = new Map(labels.map((label, i) => [label, i]))
  const given = Int32Array.from(rows, ({ label }) => number.get(label) ?? 0)
  const fold = foldsOf(examples, FOLDS, SEED)
  const { judged, name, nearest } = await judge(rows, given, labels, fold, model, progress)
  const ranked = rankSuspects(judged)
  const suspects = suspectsOf(rows, labels, judged, ranked, await nearest(ranked))
  return {
    counts: {
      rows: rows.length,
      suspects: suspects.length,
      wrong_share: suspects.length / rows.length,
      model: name,
      seconds: Number(((performance.now() - began) / 1000).toFixed(1)),
    },
    suspects,
    notes,
  }
}

interface Judgement {
  readonly judged: Judged
  /** What gave the probabilities. */
  readonly name: string
  nearest(rows: readonly number[]): Promise<number[][]>
}

/** Exported for the measurement of scripts/bench/label-errors.ts. */
export async function judge(
  rows: readonly Example[],
  given: Int32Array,
  labels: readonly string[],
  fold: Int32Array,
  spec: string,
  progress: (done: number, rows: number) => void,
): Promise<Judgement> {
  const cleaning = openCleaning('default')
  const texts = rows.map((row) => joined(textOf(cleaning.cleaned(row))))
  const judgedBy = (probabilities: Float64Array): Judged => ({ given, probabilities, labels: labels.length })
  const ngrams = async (): Promise<Float64Array> =>
    crossValidated(fold, labels.length, ngramOn(texts, given, labels.length, SEED))
  if (spec === NGRAM)
    return {
      judged: judgedBy(await ngrams()),
      name: NGRAM,
      nearest: (of) => nearestNgrams(texts, of, NEIGHBOURS),
    }
  const runtime = cpuRuntime()
  const model = await openTextModel(runtime, await locateModel(spec), cleaning.steps)
  const features = await embed(runtime, model, rows.map(textOf), (done) => progress(done, rows.length))
  const { id } = model.folder
  const probe = await crossValidated(
    fold,
    labels.length,
    probeOn(runtime, { features, targets: given }, labels),
  )
  const ngram = await ngrams()
  const candidates = [
    { name: id, judged: judgedBy(probe) },
    { name: `${id} + ${NGRAM}`, judged: judgedBy(geometricMean(probe, ngram, labels.length)) },
    { name: NGRAM, judged: judgedBy(ngram) },
  ].map((candidate) => ({ ...candidate, loss: logLoss(candidate.judged) }))
  const best = candidates.reduce((a, b) => (b.loss < a.loss ? b : a))
  return {
    ...best,
    nearest: (of) =>
      best.name === NGRAM
        ? nearestNgrams(texts, of, NEIGHBOURS)
        : nearestEmbeddings(runtime, features, model.trunk.width, of, NEIGHBOURS),
  }
}

function suspectsOf(
  rows: readonly Example[],
  labels: readonly string[],
  judged: Judged,
  ranked: readonly number[],
  nearest: readonly (readonly number[])[],
): Suspect[] {
  const { given, probabilities } = judged
  const other = likeliestOther(judged)
  const told = (row: number, label: number): number =>
    Number((probabilities[row * labels.length + label] ?? 0).toPrecision(6))
  return ranked.flatMap((at, i) => {
    const example = rows[at]
    if (example === undefined) return []
    const [label, suggested] = [given[at] ?? 0, other[at] ?? 0]
    return {
      ...placed(example),
      given: example.label,
      suggested: labels[suggested] ?? '',
      probability: told(at, suggested),
      given_probability: told(at, label),
      score: told(at, label),
      neighbours: (nearest[i] ?? []).flatMap((near) => {
        const neighbour = rows[near]
        return neighbour === undefined ? [] : { ...placed(neighbour), label: neighbour.label }
      }),
    }
  })
}

const placed = ({
  row,
  file,
  text,
  pair,
}: Example): Pick<Suspect, 'row' | 'file' | 'text' | 'text_pair'> => ({
  row,
  ...(file === undefined ? {} : { file }),
  text,
  ...(pair === undefined ? {} : { text_pair: pair }),
})
