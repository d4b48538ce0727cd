import type { Decided, Decision, Queue, ToCheck } from '../../../src/shared/check-page.ts'
import type { Suspect } from '../../../src/shared/suspect.ts'
import { FILE, LONG_LABEL, MANY_LABELS, pickOf, type Scene, words } from './scene.ts'

const LABELS = ['complaint', 'praise', 'question']

const suspect = (seed: number, more: Partial<Suspect> = {}): Suspect => ({
  row: 40 + seed,
  text: words(24 + seed, seed),
  given: pickOf(LABELS, seed),
  suggested: pickOf(LABELS, seed + 1),
  probability: 0.9431,
  given_probability: 0.0124,
  score: 0.0124,
  neighbours: Array.from({ length: 5 }, (_, i) => ({
    row: 100 + i,
    text: words(10 + 7 * i, seed + i),
    label: pickOf(LABELS, seed + (i === 3 ? 0 : 1)),
  })),
  ...more,
})

const DECISIONS: readonly Decision[] = [
  { kind: 'accept' },
  { kind: 'keep' },
  { kind: 'label', label: 'other' },
  { kind: 'delete' },
  { kind: 'skip' },
]

const decided = (count: number): Decided[] =>
  Array.from({ length: count }, (_, i) => ({
    index: count - 1 - i,
    row: 1_204_500 + i,
    text: words(12 + (i % 9), i),
    given: pickOf(LABELS, i),
    suggested: pickOf(LABELS, i + 1),
    decision: DECISIONS[i % DECISIONS.length] ?? { kind: 'skip' },
  }))

const queue = (more: Partial<Queue>): Queue => ({
  type: 'queue',
  rows: 12_345,
  total: 41,
  labels: LABELS,
  item: { index: 2, row: 42, suspect: suspect(2) },
  decided: decided(2),
  said: 'Row 41: praise became question.',
  problem: null,
  ...more,
})

const page = (message: ToCheck): Scene => ({
  page: 'check-labels',
  messages: [
    { type: 'begin', name: 'customer reviews 2026.csv', checked: { file: FILE, roles: null } },
    message,
  ],
})

export const checkLabelsScenes = {
  'check-labels-computing': page({ type: 'computing', progress: null }),
  'check-labels-progress': page({ type: 'computing', progress: { phase: 'probe', share: 0.62 } }),
  'check-labels-problem': page({
    type: 'problem',
    message:
      '/home/ada/reviews/customer reviews 2026.csv has one label, "complaint": add rows with other labels.',
  }),
  'check-labels-item': page(queue({})),
  'check-labels-first': page(
    queue({ item: { index: 0, row: 7, suspect: suspect(1) }, decided: [], said: null }),
  ),
  'check-labels-many': page(
    queue({
      total: 120,
      labels: [...MANY_LABELS, LONG_LABEL],
      item: {
        index: 11,
        row: 1_204_511,
        suspect: suspect(3, {
          given: LONG_LABEL,
          suggested: MANY_LABELS[7] ?? '',
          text_pair: words(15, 9),
          neighbours: MANY_LABELS.slice(0, 6).map((label, i) => ({ row: i + 1, text: words(60, i), label })),
        }),
      },
      decided: decided(60),
    }),
  ),
  'check-labels-long': page(
    queue({
      item: {
        index: 3,
        row: 43,
        suspect: suspect(4, { text: Array.from({ length: 40 }, (_, i) => words(40, i)).join('\n\n') }),
      },
    }),
  ),
  'check-labels-refused': page(
    queue({
      said: null,
      problem:
        "/home/ada/reviews/customer reviews 2026.csv row 42: Windows-1252 text can't hold this label; save the file as UTF-8 and check its labels again",
    }),
  ),
  'check-labels-done': page(queue({ item: null, decided: decided(41) })),
  'check-labels-none': page(queue({ total: 0, item: null, decided: [], said: null })),
} satisfies Record<string, Scene>
