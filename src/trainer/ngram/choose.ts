import { evaluate } from '../evaluation/metrics.ts'
import { type NgramModel, trainNgram } from '../evaluation/ngram.ts'

/** Texts, and of each the index of its label. */
export interface LabelledTexts {
  readonly texts: readonly string[]
  readonly targets: Int32Array
}

const WEAKEST = 256
const STRONGEST = 1 / 8

/**
 * The n-gram model with the regularisation that is best on the validation rows: from the one that held-out
 * training rows suggest, halved or doubled as long as the log loss falls.
 *
 * @param report is given the share done, as far as it can be known; what it throws ends the training
 */
export async function trainValidated(
  train: LabelledTexts,
  valid: LabelledTexts,
  labels: readonly string[],
  seed: number,
  report: (share: number) => void,
): Promise<NgramModel> {
  const trained = async (C: number | null, from: number, to: number) => {
    const model = await trainNgram(
      train.texts,
      train.targets,
      labels.length,
      seed,
      (share) => report(from + (to - from) * share),
      C === null ? {} : { C },
    )
    const loss = evaluate(model.probabilities(valid.texts), valid.targets, labels).log_loss
    return { model, loss }
  }
  let best = await trained(null, 0, 0.4)
  const suggested = best.model.parts.C
  for (const factor of [1 / 2, 2]) {
    let share = factor < 1 ? 0.4 : 0.7
    for (let C = suggested * factor; C >= STRONGEST && C <= WEAKEST; C *= factor) {
      const next = await trained(C, share, share + 0.15)
      share += 0.1
      if (next.loss >= best.loss) break
      best = next
    }
    if (best.model.parts.C !== suggested) break
  }
  return best.model
}
