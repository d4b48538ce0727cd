/** Lowers and raises labels (their middles, in pixels) until each has its room, as near to its place as may be. */
export const spread = (
  wanted: readonly number[],
  room: number,
  top: number,
  bottom: number,
): readonly number[] => {
  const order = wanted.map((_, i) => i).sort((a, b) => (wanted[a] ?? 0) - (wanted[b] ?? 0))
  const placed = [...wanted]
  let least = top
  for (const i of order) {
    placed[i] = Math.max(placed[i] ?? 0, least)
    least = (placed[i] ?? 0) + room
  }
  let most = bottom
  for (const i of order.toReversed()) {
    placed[i] = Math.min(placed[i] ?? 0, most)
    most = (placed[i] ?? 0) - room
  }
  return placed
}
