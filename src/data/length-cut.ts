/** How many texts are longer than a limit, and which share of all tokens lies beyond it. */
export function lengthCut(lengths: Iterable<number>, limit: number): { texts: number; share: number } {
  let texts = 0
  let beyond = 0
  let all = 0
  for (const length of lengths) {
    all += length
    if (length > limit) texts++
    beyond += Math.max(0, length - limit)
  }
  return { texts, share: all > 0 ? beyond / all : 0 }
}
