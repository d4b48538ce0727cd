import type { ToCurve } from '../../../src/shared/curve-page.ts'
import type { LearningCurve } from '../../../src/shared/learning-curve.ts'
import { LONG_LABEL, type Scene } from './scene.ts'

const points = (rows: number, scores: readonly number[]): LearningCurve['points'] =>
  [0.1, 0.25, 0.5, 1].map((share, i) => {
    const accuracy = scores[i] ?? 0
    const spread = share === 1 ? 0 : 0.012 / share ** 0.5
    return {
      share,
      rows: Math.round(share * rows),
      accuracy,
      accuracy_range: [accuracy - spread, Math.min(1, accuracy + spread * 0.7)],
      f1_macro: accuracy - 0.02,
      log_loss: 1.3 - accuracy,
    }
  })

const page = (message: ToCurve, name = 'customer reviews 2026.csv'): Scene => ({
  page: 'learning-curve',
  messages: [{ type: 'begin', name }, message],
})

export const learningCurveScenes = {
  'learning-curve-begins': page({ type: 'computing', progress: null }),
  'learning-curve-computing': page({
    type: 'computing',
    progress: { event: 'progress', phase: 'trunk', done: 412, total: 1000, detail: '412 of 1000 rows' },
  }),
  'learning-curve-problem': page({
    type: 'problem',
    message: '31 rows to train on are too few for 20 labels: half of them must have two rows of each',
  }),
  'learning-curve-more': page({
    type: 'curve',
    curve: {
      learner: 'probe',
      valid: 214,
      points: points(1712, [0.641, 0.722, 0.776, 0.815]),
      gain: { difference: 0.039, interval: [0.012, 0.066] },
      verdict: 'more',
    },
  }),
  'learning-curve-enough': page(
    {
      type: 'curve',
      curve: {
        learner: 'ngram',
        valid: 120_450,
        points: points(1_204_500, [0.9871, 0.9902, 0.9911, 0.9912]),
        gain: { difference: 0.0001, interval: [-0.0004, 0.0006] },
        verdict: 'enough',
      },
    },
    `${LONG_LABEL}.jsonl, customer reviews 2026.csv`,
  ),
  // The smallest share has too few rows of each label.
  'learning-curve-unsure': page({
    type: 'curve',
    curve: {
      learner: 'probe',
      valid: 20,
      points: points(160, [0, 0.5, 0.5, 0.55]).slice(1),
      gain: { difference: 0.05, interval: [-0.06, 0.16] },
      verdict: 'unsure',
    },
  }),
} satisfies Record<string, Scene>
