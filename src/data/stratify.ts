import type { Example } from './examples.ts'
import { createRandom } from './random.ts'

const MOST_PASSES = 5

/**
 * A part for each unit (rows that stay together), so that every label, and the whole, has in each part as nearly
 * its share of rows as the units allow.
 *
 * What is made small is the sum over parts and labels of (rows - wanted)^2 / wanted, the whole counting as one
 * more label. Units are placed one by one, the largest first, where the sum grows least; then single units are
 * moved while that makes it smaller. For units of one row this is Webster's apportionment, which is never off by
 * more than a row for a label of two parts. The same for the same seed everywhere.
 *
 * @param shares of each part, their sum is 1; a part of share 0 gets nothing
 */
export function stratify(
  examples: readonly Example[],
  units: readonly (readonly number[])[],
  shares: readonly number[],
  seed: number,
): Int32Array {
  const numbers = new Map<string, number>()
  for (const { label } of examples) if (!numbers.has(label)) numbers.set(label, numbers.size)
  // One more for the whole: every row counts for it.
  const whole = numbers.size
  const totals = new Float64Array(whole + 1)
  const contents = units.map((unit) => {
    const counts = new Map<number, number>([[whole, unit.length]])
    for (const i of unit) {
      const label = numbers.get(examples[i]?.label ?? '') ?? 0
      counts.set(label, (counts.get(label) ?? 0) + 1)
    }
    for (const [label, count] of counts) totals[label] = (totals[label] ?? 0) + count
    return [...counts]
  })

  const wanted = shares.map((_, part) => part).filter((part) => (shares[part] ?? 0) > 0)
  const held = shares.map(() => new Float64Array(whole + 1))
  /** By how much the sum grows when a part's rows of a unit's labels become more (sign 1) or fewer (-1). */
  const growth = (unit: number, part: number, sign: 1 | -1): number => {
    let sum = 0
    for (const [label, count] of contents[unit] ?? []) {
      const want = (totals[label] ?? 0) * (shares[part] ?? 0)
      const off = (held[part]?.[label] ?? 0) - want
      sum += ((off + sign * count) ** 2 - off ** 2) / want
    }
    return sum
  }
  const change = (unit: number, part: number, sign: 1 | -1): void => {
    const counts = held[part]
    if (counts)
      for (const [label, count] of contents[unit] ?? []) counts[label] = (counts[label] ?? 0) + sign * count
  }
  const cheapest = (unit: number): { part: number; cost: number } => {
    let best = { part: wanted[0] ?? 0, cost: Number.POSITIVE_INFINITY }
    for (const part of wanted) {
      const cost = growth(unit, part, 1)
      // Rounding must not decide, as it might differ from machine to machine.
      if (cost < best.cost - 1e-9) best = { part, cost }
    }
    return best
  }

  const partOf = new Int32Array(units.length)
  const order = createRandom(seed, 'stratify').shuffle(units.map((_, unit) => unit))
  order.sort((a, b) => (units[b]?.length ?? 0) - (units[a]?.length ?? 0))
  for (const unit of order) {
    const { part } = cheapest(unit)
    partOf[unit] = part
    change(unit, part, 1)
  }
  for (let pass = 0; pass < MOST_PASSES; pass++) {
    let moved = false
    for (const unit of order) {
      const from = partOf[unit] ?? 0
      const won = growth(unit, from, -1)
      change(unit, from, -1)
      const { part, cost } = cheapest(unit)
      const moves = won + cost < -1e-9
      change(unit, moves ? part : from, 1)
      if (!moves) continue
      partOf[unit] = part
      moved = true
    }
    if (!moved) break
  }
  return partOf
}
