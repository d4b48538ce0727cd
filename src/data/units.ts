import type { Example } from './examples.ts'
import { textKey } from './model-text.ts'
import { createUnionFind } from './union-find.ts'

/**
 * The rows that must stay together, each by its place in the examples: those of equal text, those that are alike,
 * those of one group, and whatever these join (a text of two groups makes them one). In the order of their first rows.
 */
export function unitsOf(examples: readonly Example[]): number[][] {
  const { root, join } = createUnionFind(examples.length)
  const joinBy = <T>(first: Map<T, number>, key: T, i: number): void => {
    const known = first.get(key)
    if (known === undefined) first.set(key, i)
    else join(known, i)
  }
  const texts = new Map<string, number>()
  const alike = new Map<number, number>()
  const groups = new Map<string, number>()
  for (const [i, example] of examples.entries()) {
    joinBy(texts, textKey(example), i)
    if (example.alike !== undefined) joinBy(alike, example.alike, i)
    if (example.group !== undefined) joinBy(groups, example.group, i)
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
