import { readFileSync } from 'node:fs'
import * as v from 'valibot'

const numbers = v.array(v.number())
const Fixture = v.object({
  optimisers: v.object({
    start: numbers,
    gradients: v.array(numbers),
    rates: numbers,
    results: v.array(
      v.object({
        optimiser: v.picklist(['adamw', 'adam', 'sgd']),
        momentum: v.number(),
        weight_decay: v.number(),
        after: v.array(numbers),
      }),
    ),
  }),
  schedules: v.array(
    v.object({
      schedule: v.picklist(['linear', 'cosine', 'constant']),
      warmup: v.number(),
      steps: v.number(),
      shares: v.array(v.tuple([v.number(), v.number()])),
    }),
  ),
  losses: v.object({
    labels: v.number(),
    targets: numbers,
    weights: numbers,
    logits: numbers,
    results: v.array(
      v.object({
        weighted: v.boolean(),
        smoothing: v.number(),
        gamma: v.number(),
        loss: v.number(),
        gradient: numbers,
      }),
    ),
  }),
})

/** What PyTorch makes of the options of training: scripts/fixtures/training_options.py. */
export const pytorch = v.parse(
  Fixture,
  JSON.parse(readFileSync(new URL('../../fixtures/training-options.json', import.meta.url), 'utf8')),
)
