/** Points of one line, its `xs` rising. */
export interface Points {
  readonly xs: readonly number[]
  readonly ys: readonly number[]
}

/** What uPlot draws: one `xs` for all lines, and null where a line has no point. */
export type Aligned = [xs: number[], ...ys: (number | null)[][]]

/** Lines of different places on one axis, which has places of `more` as well. */
export const align = (lines: readonly Points[], more: readonly number[] = []): Aligned => {
  const xs = [...new Set([...more, ...lines.flatMap((line) => line.xs)])].sort((a, b) => a - b)
  return [
    xs,
    ...lines.map((line) => {
      let at = 0
      return xs.map((x) => {
        if (line.xs[at] !== x) return null
        at++
        return line.ys[at - 1] ?? null
      })
    }),
  ]
}
