import type { LabellingItem, LabellingSession, ToLabelling } from '../../../src/shared/labelling.ts'
import { LONG_LABEL, MANY_LABELS, pickOf, type Scene, words } from './scene.ts'

const appended = { start: 0, bytes: 1, sha256: '' }

const items = (labels: readonly string[], decided: number): LabellingItem[] =>
  Array.from({ length: 100 }, (_, i) => ({
    row: i * 17 + 3,
    text: i % 3 === 0 ? words(12 + (i % 30), i) : `${words(60, i)}\n\n${words(150, i + 1)}`,
    label: labels.length === 0 ? null : pickOf(labels, i),
    probability: labels.length === 0 ? null : 0.4 + (i % 50) / 101,
    decision:
      i >= decided
        ? { is: 'open' }
        : i % 7 === 6
          ? { is: 'skipped' }
          : { is: 'labelled', label: pickOf(labels, i), appended },
  }))

const session = (
  labels: readonly string[],
  decided: number,
  more: Partial<LabellingSession> = {},
): ToLabelling => ({
  type: 'session',
  session: {
    source: '/home/ada/reviews/unlabelled reviews 2026.csv',
    run: labels.length === 0 ? null : '/home/ada/reviews/.finesse/runs/20260704-101112-reviews',
    target: {
      path: '/home/ada/reviews/customer reviews 2026.csv',
      text: 'text',
      label: 'label',
      split: null,
    },
    labels: [...labels],
    items: items(labels, decided),
    order: Array.from({ length: decided }, (_, i) => i),
    before: 0,
    ...more,
  },
})

const page = (...messages: readonly ToLabelling[]): Scene => ({ page: 'labelling', messages })

const FEW = ['negative', 'positive', 'neither']

export const labellingScenes = {
  'labelling-choosing': page({ type: 'choosing' }),
  'labelling-first': page(session(FEW, 0)),
  'labelling-some': page(session(FEW, 31)),
  'labelling-many-labels': page(session([LONG_LABEL, ...MANY_LABELS], 13)),
  'labelling-no-labels': page(session([], 0)),
  'labelling-new-label': {
    ...page(session(FEW, 2)),
    act: (page) => page.locator('input').fill('neg'),
  },
  'labelling-done': page(session(FEW, 100)),
  'labelling-nothing': page(session(FEW, 0, { items: [] })),
  'labelling-problem': page(session(FEW, 4), {
    type: 'problem',
    message:
      '/home/ada/reviews/customer reviews 2026.csv row 1204: the last row is cut off (2 of 3 cells); complete it or take it out, then go on.',
  }),
} satisfies Record<string, Scene>
