import type { ClassifiedRow, ToClassified } from '../../../src/shared/classified-page.ts'
import { LONG_LABEL, pickOf, type Scene, words } from './scene.ts'

const LABELS = ['negative', 'positive', LONG_LABEL]

const rows = (count: number, isNumbers = false): ClassifiedRow[] =>
  Array.from({ length: count }, (_, i) => ({
    line: i === 5 ? 1_204_511 : i + 2,
    text: words(5 + ((i * 7) % 30), i),
    label: isNumbers ? '' : pickOf(LABELS, i % 6 === 5 ? 2 : i % 2),
    probability: isNumbers ? null : i === 3 ? 1 : 0.5 + (i % 50) / 101,
    value: isNumbers ? 12345.678 * ((i % 7) - 3) : null,
    unsure: !isNumbers && i % 5 === 0,
  }))

const table = (...messages: readonly ToClassified[]): Scene => ({
  page: 'classified',
  messages: [
    { type: 'begin', file: 'customer reviews 2026.csv', model: 'customer reviews', total: 5000 },
    ...messages,
  ],
})

export const classifiedScenes = {
  'classified-waiting': table(),
  'classified-some': table({ type: 'rows', first: 0, rows: rows(1500) }),
  'classified-all': table({ type: 'rows', first: 0, rows: rows(5000) }),
  'classified-numbers': table({ type: 'rows', first: 0, rows: rows(5000, true) }),
  'classified-problem': table(
    { type: 'rows', first: 0, rows: rows(12) },
    {
      type: 'problem',
      message: '/home/ada/reviews/.finesse/runs/20260704-101112-customer-reviews/model is no longer there.',
    },
  ),
} satisfies Record<string, Scene>
