/** Sets of whole numbers from 0, at first each alone. */
export interface UnionFind {
  /** The least number of its set. */
  root(i: number): number
  join(a: number, b: number): void
}

export function createUnionFind(count: number): UnionFind {
  const parent = Int32Array.from({ length: count }, (_, i) => i)
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
  return {
    root,
    join(a, b) {
      const [one, two] = [root(a), root(b)]
      parent[Math.max(one, two)] = Math.min(one, two)
    },
  }
}
