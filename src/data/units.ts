import type { Example } from './examples.ts'
import { textKey } from './model-text.ts'

/**
 * The rows that must stay together, each by its place in the examples: those of equal text, those of one group,
 * and whatever these two join (a text of two groups makes them one). In the order of their first rows.
 */
export function unitsOf(examples: readonly Example[]): number[][] {
  const parent = Int32Array.from(examples, (_, i) => i)
  const root = (i: number): number => {
    let at = i
    while (parent[at] !== at) {
      const above = parent[at] ?? at
      // Path halving keeps the trees flat.
      parent[at] = parent[above] ?? above
      at = parent[at] ?? at
    }
    return at
  }
  const join = (first: Map<string, number>, key: string, i: number): void => {
    const known = first.get(key)
    if (known === undefined) {
      first.set(key, i)
      return
    }
    const [a, b] = [root(known), root(i)]
    // The earlier row is the root, so that units come in the order of their first rows.
    parent[Math.max(a, b)] = Math.min(a, b)
  }
  const texts = new Map<string, number>()
  const groups = new Map<string, number>()
  for (const [i, example] of examples.entries()) {
    join(texts, textKey(example), i)
    if (example.group !== undefined) join(groups, example.group, i)
  }
  const units = new Map<number, number[]>()
  for (let i = 0; i < examples.length; i++) {
    const first = root(i)
    const unit = units.get(first)
    if (unit) unit.push(i)
    else units.set(first, [i])
  }
  return [...units.values()]
}
