import type { WantedColumns } from '../../data/columns.ts'
import type { Example } from '../../data/examples.ts'
import { foldsOf } from '../../data/folds.ts'
import { labelOrder } from '../../data/labels.ts'
import { unitsOf } from '../../data/units.ts'
import { listed } from '../../shared/counts.ts'
import type { ProgressEvent } from '../../shared/events.ts'
import { t } from '../../shared/l10n.ts'
import type { Suspect, SuspectCounts } from '../../shared/suspect.ts'
import { type Judged, likeliestOther, rankSuspects } from './confident-learning.ts'
import { judge, SEED } from './judge.ts'
import { readRows } from './read-rows.ts'

/** Of the cross-validation. */
export const FOLDS = 5
const NEIGHBOURS = 3

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
 * @param progress is told the share of the work, from 0 to 1
 */
export async function findLabelErrors(
  files: readonly string[],
  wanted: WantedColumns,
  model: string,
  progress: (event: ProgressEvent) => void,
): Promise<LabelErrors> {
  const began = performance.now()
  const { examples, notes } = await readRows(files, wanted)
  const rows = examples.examples
  const labels = labelOrder(rows.map(({ label }) => label))
  const number = new Map(labels.map((label, i) => [label, i]))
  const given = Int32Array.from(rows, ({ label }) => number.get(label) ?? 0)
  const fold = foldsOf(examples, Math.min(FOLDS, unitsOf(rows).length), SEED)
  const alone = labelsOfOneFold(given, fold)
  const judgements = await judge(rows, given, labels, fold, model, progress)
  const { judged, name, nearest } = judgements.reduce((a, b) => (b.loss < a.loss ? b : a))
  const ranked = rankSuspects(judged).filter((row) => !alone.has(given[row] ?? 0))
  const suspects = suspectsOf(rows, labels, judged, ranked, await nearest(ranked, NEIGHBOURS))
  return {
    counts: {
      rows: rows.length,
      suspects: suspects.length,
      wrong_share: suspects.length / rows.length,
      model: name,
      seconds: Number(((performance.now() - began) / 1000).toFixed(1)),
    },
    suspects,
    notes: [...notes, ...aloneNote(labels.filter((_, label) => alone.has(label)))],
  }
}

/** The labels that models never learn for the rows they judge: all their rows are in one fold. */
function labelsOfOneFold(given: Int32Array, fold: Int32Array): Set<number> {
  const folds = new Map<number, Set<number>>()
  for (const [row, label] of given.entries())
    folds.set(label, (folds.get(label) ?? new Set()).add(fold[row] ?? 0))
  return new Set([...folds].filter(([, own]) => own.size === 1).map(([label]) => label))
}

const aloneNote = (labels: readonly string[]): readonly string[] =>
  labels.length > 0
    ? [t`Too few different texts to judge by: ${listed(labels.slice(0, 5).map((label) => `"${label}"`))}.`]
    : []

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
