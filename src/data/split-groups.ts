import type { Example } from './examples.ts'
import type { Shares, Split } from './split.ts'
import { stratify } from './stratify.ts'
import { unitsOf } from './units.ts'

/**
 * Divides examples so that no group, and no text, stands in two parts: what these join is a unit that goes into
 * one part whole. Each label has the given shares as nearly as the units allow. No part is empty while there are
 * as many units as parts, and what can be trained on of every label is: its smallest unit, where all went elsewhere.
 */
export function splitGroups(examples: readonly Example[], shares: Shares, seed: number): Split {
  const units = unitsOf(examples)
  const partOf = stratify(examples, units, shares, seed)
  trainEveryLabel(examples, units, partOf, shares)
  fillEmpty(units, partOf, shares)
  const place = new Uint8Array(examples.length)
  for (const [unit, rows] of units.entries()) for (const i of rows) place[i] = partOf[unit] ?? 0
  const inPart = (part: number) => examples.filter((_, i) => place[i] === part)
  return { train: inPart(0), valid: inPart(1), test: inPart(2) }
}

function trainEveryLabel(
  examples: readonly Example[],
  units: readonly (readonly number[])[],
  partOf: Int32Array,
  shares: Shares,
): void {
  if (shares[0] === 0) return
  const trained = new Set(
    units.flatMap((rows, unit) => (partOf[unit] === 0 ? rows.map((i) => examples[i]?.label) : [])),
  )
  const bySize = units.map((rows, unit) => ({ rows, unit })).sort((a, b) => a.rows.length - b.rows.length)
  for (const { rows, unit } of bySize) {
    const labels = rows.map((i) => examples[i]?.label)
    if (labels.every((label) => trained.has(label))) continue
    partOf[unit] = 0
    for (const label of labels) trained.add(label)
  }
}

/** Gives a part without units the smallest one of a part that has several; training gives last. */
function fillEmpty(units: readonly (readonly number[])[], partOf: Int32Array, shares: Shares): void {
  for (const part of [0, 1, 2] as const) {
    if (shares[part] === 0 || partOf.includes(part)) continue
    for (const from of [2, 1, 0]) {
      const own = units.flatMap((rows, unit) => (partOf[unit] === from ? [{ rows, unit }] : []))
      if (own.length < 2) continue
      const smallest = own.reduce((a, b) => (b.rows.length < a.rows.length ? b : a))
      partOf[smallest.unit] = part
      break
    }
  }
}
