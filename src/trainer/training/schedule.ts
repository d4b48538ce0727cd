/**
 * The share of the peak rate at a step: rising linearly over the warm-up, then falling linearly to 0 after
 * the last step.
 *
 * @param step from 0
 */
export const linearSchedule = (step: number, warmup: number, steps: number): number =>
  step < warmup ? (step + 1) / warmup : Math.max(0, (steps - step) / Math.max(1, steps - warmup))

/** Warm-up in steps from an option that is a share of all steps when below 1. */
export const warmupSteps = (warmup: number, steps: number): number =>
  Math.min(steps, warmup < 1 ? Math.round(warmup * steps) : Math.round(warmup))
