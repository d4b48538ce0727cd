import { readEvents } from '../../../run/metrics.ts'
import type { ResolvedOptions } from '../../../shared/config.ts'
import type { Evaluation } from '../../../shared/evaluation.ts'
import type { Finding } from '../../../shared/trust.ts'
import type { Course, Examined } from '../../evaluation/findings/examined.ts'
import { findFindings } from '../../evaluation/findings/find.ts'
import { targetsOf } from '../before/before.ts'
import type { Journal } from '../journal.ts'
import type { Data } from '../prepare.ts'

/** The rows that were not trained on. */
interface Judged {
  readonly valid: Evaluation
  readonly test: Evaluation
  /** [rows, labels]: what a model says of them that can't know its training rows by heart. */
  readonly probed: (rows: readonly number[]) => Float64Array
}

/**
 * What is wrong with a run, as far as it can be told.
 *
 * @param options of a run that takes steps; else null
 */
export const examine = (
  journal: Journal,
  data: Data,
  options: ResolvedOptions | null,
  { valid, test, probed }: Judged,
): Finding[] => {
  const train = new Array<number>(data.labels.length).fill(0)
  const own = data.parts.train.slice(0, data.parts.train.length - data.added)
  for (const target of targetsOf(data, own)) train[target] = (train[target] ?? 0) + 1
  return findFindings({
    course: options === null || options.strategy === 'head' ? null : courseOf(journal, options),
    train,
    valid,
    test,
    held: [data.parts.valid, data.parts.test].flatMap((rows) =>
      heldRows(probed(rows), targetsOf(data, rows)),
    ),
  })
}

const courseOf = ({ path, record }: Journal, options: ResolvedOptions): Course => {
  const events = readEvents(path)
  return {
    asked: record.options,
    options,
    steps: events.filter((event) => event.event === 'step'),
    epochs: events.filter((event) => event.event === 'epoch'),
  }
}

const heldRows = (probabilities: Float64Array, targets: Int32Array): Examined['held'] => {
  const labels = probabilities.length / targets.length
  return [...targets].map((target, row) => {
    const ofRow = probabilities.subarray(row * labels, (row + 1) * labels)
    const probability = Math.max(...ofRow)
    return { isRight: ofRow.indexOf(probability) === target, probability }
  })
}
