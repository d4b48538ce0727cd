import type { Trainables } from './step.ts'

/**
 * Gradual unfreezing (Howard and Ruder, 2018): when the weights join the training, by their depth, which is 0 in
 * the head and one more in each layer below.
 */
export interface Unfreezing {
  readonly depths: ReadonlyMap<string, number>
  /** Steps until the next depth joins; 0 where all are trained from the start. */
  readonly interval: number
}

/** @param epochs between one layer and the next; 0 for none */
export const unfreezing = (
  depths: ReadonlyMap<string, number>,
  epochs: number,
  stepsPerEpoch: number,
): Unfreezing => ({
  depths,
  interval: epochs > 0 ? Math.max(1, Math.round(epochs * stepsPerEpoch)) : 0,
})

/** The first step, from 0, in which a weight is trained. */
export const joinsAt = ({ depths, interval }: Unfreezing, name: string): number =>
  (depths.get(name) ?? 0) * interval

/** What is trained in a step, from 0. */
export const trainedAt = (all: Trainables, plan: Unfreezing, step: number): Trainables => {
  const joined = (name: string): boolean => joinsAt(plan, name) <= step
  return { dense: all.dense.filter(joined), tables: all.tables.filter(joined) }
}
