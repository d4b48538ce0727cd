import { UserError } from '../shared/error.ts'
import { t } from '../shared/l10n.ts'
import type { Examples } from './examples.ts'
import { stratify } from './stratify.ts'
import { unitsOf } from './units.ts'

/**
 * The fold (from 0) of each example: equal texts and groups stay together, each label is spread as evenly as they
 * allow. A UserError where there are fewer of them than folds.
 */
export function foldsOf({ path, examples }: Examples, folds: number, seed: number): Int32Array {
  const units = unitsOf(examples)
  if (units.length < folds)
    throw new UserError(
      t`${path}: ${units.length} different texts or groups are too few for ${folds} folds; add rows, or use ${Math.max(2, units.length)} folds or fewer`,
    )
  const foldOfUnit = stratify(examples, units, new Array<number>(folds).fill(1 / folds), seed)
  spread(units, foldOfUnit, folds)
  const fold = new Int32Array(examples.length)
  for (const [unit, rows] of units.entries()) for (const i of rows) fold[i] = foldOfUnit[unit] ?? 0
  return fold
}

/** Gives a fold without units the smallest one of the fold that has most. */
function spread(units: readonly (readonly number[])[], foldOfUnit: Int32Array, folds: number): void {
  for (let fold = 0; fold < folds; fold++) {
    if (foldOfUnit.includes(fold)) continue
    const counts = new Int32Array(folds)
    for (const at of foldOfUnit) counts[at] = (counts[at] ?? 0) + 1
    const most = counts.indexOf(Math.max(...counts))
    const own = units.flatMap((rows, unit) => (foldOfUnit[unit] === most ? [{ rows, unit }] : []))
    const smallest = own.reduce((a, b) => (b.rows.length < a.rows.length ? b : a))
    foldOfUnit[smallest.unit] = fold
  }
}
