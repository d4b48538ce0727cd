import type { ResolvedOptions } from '../../../shared/config.ts'

/** The share of the peak rate after the warm-up, with so many steps left of all those after it. */
const AFTER: Readonly<Record<ResolvedOptions['schedule'], (left: number, all: number) => number>> = {
  linear: (left, all) => left / all,
  cosine: (left, all) => (1 - Math.cos((Math.PI * left) / all)) / 2,
  constant: () => 1,
}

/**
 * The share of the peak rate at a step: rising linearly over the warm-up, then as the schedule says; linear and
 * cosine reach 0 after the last step.
 *
 * @param step from 0
 */
export const rateShare = (
  schedule: ResolvedOptions['schedule'],
  step: number,
  warmup: number,
  steps: number,
): number =>
  step < warmup
    ? (step + 1) / warmup
    : AFTER[schedule](Math.max(0, steps - step), Math.max(1, steps - warmup))

/** Warm-up in steps from an option that is a share of all steps when below 1. */
export const warmupSteps = (warmup: number, steps: number): number =>
  Math.min(steps, warmup < 1 ? Math.round(warmup * steps) : Math.round(warmup))
