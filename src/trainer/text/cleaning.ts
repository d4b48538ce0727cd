import { isDeepStrictEqual } from 'node:util'
import * as v from 'valibot'
import { normalizers } from '../../data/clean/text.ts'
import { isStep, type Step } from '../../shared/clean-steps.ts'

const Sequence = v.object({ type: v.literal('Sequence'), normalizers: v.array(v.unknown()) })

/**
 * The `normalizer` of a `tokenizer.json` with cleaning steps before the model's own, so that whoever encodes with it
 * reads what was trained on.
 *
 * @param had the steps that an earlier run of Finesse put there (`finesse_clean` of its config.json): they go
 */
export const withCleaning = (
  normalizer: unknown,
  had: readonly string[],
  steps: readonly Step[],
): unknown => {
  const own = withoutCleaning(normalizer, had)
  const cleaning = normalizers(steps)
  if (cleaning.length === 0) return own
  return { type: 'Sequence', normalizers: [...cleaning, ...(own === null ? [] : [own])] }
}

/** Where the first normalizers are not those steps (as of another version of Finesse), all are the model's own. */
const withoutCleaning = (normalizer: unknown, had: readonly string[]): unknown => {
  const cleaning = normalizers(had.filter(isStep))
  if (cleaning.length === 0 || !v.is(Sequence, normalizer)) return normalizer ?? null
  const begin = normalizer.normalizers.slice(0, cleaning.length)
  const rest = normalizer.normalizers.slice(cleaning.length)
  if (!isDeepStrictEqual(begin, cleaning) || rest.length > 1) return normalizer
  return rest[0] ?? null
}
