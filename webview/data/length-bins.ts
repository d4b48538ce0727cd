import type { LengthCounts } from '../../src/shared/page.ts'

/** How far the axis goes: over nearly all texts and the limit; a few very long ones would leave no room for the rest. */
export function reachOf(lengths: LengthCounts, limit: number | null): number {
  const all = lengths.reduce((sum, [, texts]) => sum + texts, 0)
  let below = 0
  const nearlyAll =
    lengths.find(([, texts]) => {
      below += texts
      return below >= 0.99 * all
    })?.[0] ?? 1
  const longest = lengths.at(-1)?.[0] ?? 1
  const wanted = Math.max(longest <= 2 * nearlyAll ? longest : nearlyAll, Math.ceil((limit ?? 0) * 1.25), 10)
  const step = 10 ** Math.max(0, Math.floor(Math.log10(wanted)) - 1)
  return Math.ceil(wanted / step) * step
}

/** Texts by length from 0 to `reach`, in so many steps; those beyond are in the last. */
export function binsOf(lengths: LengthCounts, reach: number, steps: number): number[] {
  const bins = Array.from({ length: steps }, () => 0)
  for (const [length, texts] of lengths) {
    const at = Math.min(steps - 1, Math.max(0, Math.ceil((length * steps) / reach) - 1))
    bins[at] = (bins[at] ?? 0) + texts
  }
  return bins
}

/** How many texts are longer than a limit, and which share of all tokens lies beyond it. */
export function cutAt(lengths: LengthCounts, limit: number): { texts: number; all: number; share: number } {
  let [texts, all, tokens, beyond] = [0, 0, 0, 0]
  for (const [length, found] of lengths) {
    all += found
    tokens += length * found
    if (length <= limit) continue
    texts += found
    beyond += (length - limit) * found
  }
  return { texts, all, share: tokens === 0 ? 0 : beyond / tokens }
}
