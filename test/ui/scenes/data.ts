import type { Roles, ShownRow, ToPage } from '../../../src/shared/page.ts'
import type { Profile } from '../../../src/shared/profile.ts'
import { begin, FILE, LONG_LABEL, MANY_LABELS, pickOf, type Scene, words } from './scene.ts'

const ROLES: Roles = { text: 'text', label: 'sentiment', text_pair: null, group: null, split_column: null }

const opened = (columns: readonly string[], said: readonly string[] = []): ToPage => ({
  type: 'opened',
  path: FILE,
  bytes: 66_381,
  kind: 'csv',
  columns: [...columns],
  said: [...said],
  inEditor: true,
})

const rowsOf = (cells: (row: number) => readonly string[], count = 60): ToPage => {
  const rows: ShownRow[] = Array.from({ length: count }, (_, i) => ({
    row: i + 1,
    line: i + 2,
    cells: [...cells(i + 1)],
  }))
  return { type: 'rows', first: 1, rows }
}

const roles = (more: Partial<Roles> = {}, problem: string | null = null): ToPage => ({
  type: 'roles',
  roles: { ...ROLES, ...more },
  found:
    problem === null
      ? 'Text from column "text" (by its name), label from column "sentiment" (by its name).'
      : null,
  problem,
})

const none = { count: 0, rows: [] }

export const profileOf = (labels: readonly string[], doubtful: boolean): Profile => {
  const counted = labels.map((label, i) => ({ label, rows: Math.max(3, Math.round(349 / (1 + i * 0.4))) }))
  const usable = counted.reduce((sum, { rows }) => sum + rows, 0)
  return {
    path: FILE,
    format: { kind: 'csv', delimiter: ',', header: true, bom: false, encoding: 'utf-8' },
    text: 'text',
    label: 'sentiment',
    rows: doubtful ? usable + 5 : usable,
    usable,
    labels: counted,
    label_variants: doubtful
      ? [
          [
            { label: 'positive', rows: 340 },
            { label: 'Positive ', rows: 9 },
          ],
        ]
      : [],
    lengths: {
      unit: 'characters',
      sampled: usable,
      min: 2,
      median: 44,
      p95: 120,
      max: 612,
      counts: characters,
    },
    longest: { row: 17, characters: doubtful ? 120_412 : 612 },
    empty_texts: doubtful ? { count: 3, rows: [51, 56, 700] } : none,
    missing_labels: doubtful
      ? { count: 1204, rows: [31, 66, 1_204_511, 1_204_512, 1_204_513, 1_204_514] }
      : none,
    short_rows: doubtful ? { count: 1, rows: [12] } : none,
    long_rows: doubtful ? { count: 2, rows: [13, 14] } : none,
    stray_quotes: none,
    duplicates: doubtful
      ? { rows: 12, texts: 5, examples: [[3, 9, 27]] }
      : { rows: 0, texts: 0, examples: [] },
    conflicts: doubtful
      ? {
          rows: 4,
          texts: 2,
          examples: [
            [
              { row: 4, label: 'positive' },
              { row: 77, label: 'negative' },
            ],
          ],
        }
      : { rows: 0, texts: 0, examples: [] },
    compared: 1,
    near: doubtful
      ? {
          rows: 41,
          groups: 18,
          examples: [
            [8, 202],
            [21, 22, 1_204_513],
          ],
          conflicts: {
            rows: 2,
            examples: [
              [
                { row: 8, label: 'positive' },
                { row: 202, label: 'negative' },
              ],
            ],
          },
          compared: usable,
        }
      : { rows: 0, groups: 0, examples: [], conflicts: { rows: 0, examples: [] }, compared: usable },
    ...(doubtful ? { group_column: 'author' } : {}),
  }
}

const characters: [number, number][] = Array.from({ length: 90 }, (_, i) => [
  2 + i * 7,
  Math.round(1 + 60 * Math.exp(-((i - 12) ** 2) / 60)),
])
const tokens: [number, number][] = Array.from({ length: 70 }, (_, i) => [
  2 + i * 2,
  Math.round(1 + 90 * Math.exp(-((i - 8) ** 2) / 30)),
])

const index = (rows: number, share: number | null = null): ToPage => ({
  type: 'index',
  rows,
  done: share === null,
  share,
})

const sample = (labels: readonly string[]) =>
  rowsOf((row) => [words(4 + ((row * 5) % 30), row), pickOf(labels, row)])

const profiled = (labels: readonly string[], doubtful = false): readonly ToPage[] => {
  const profile = profileOf(labels, doubtful)
  return [
    index(profile.rows),
    { type: 'profile', profile, read: profile.rows },
    { type: 'tokens', model: 'embedded', limit: 40, lengths: tokens, problem: null },
  ]
}

/** A file that is read, with nothing wrong. */
export const ready: readonly ToPage[] = [
  begin(),
  opened(['text', 'sentiment']),
  roles(),
  sample(['positive', 'negative']),
  ...profiled(['positive', 'negative']),
]

const some = (rows: readonly number[]) => rows.map((row) => ({ row, line: row + 1 }))

/** A test file and a validation file that share rows with training, the latter one that is no text. */
export const namedLeaks: Extract<ToPage, { type: 'named-leaks' }> = {
  type: 'named-leaks',
  leaks: [
    {
      part: 'valid',
      path: '/home/ada/reviews/held out of january.xlsx',
      exact: { count: 1, rows: [{ row: 3, line: null }] },
      near: { count: 0, rows: [] },
      problem: null,
    },
    {
      part: 'test',
      path: '/home/ada/reviews/test.csv',
      exact: { count: 24, rows: some([4, 8, 15, 16, 23, 42]) },
      near: { count: 1229, rows: some([5, 9, 17, 104, 131_001, 131_060]) },
      problem: null,
    },
  ],
  isWhole: true,
}

const wide = Array.from({ length: 30 }, (_, i) =>
  i === 4 ? 'text' : i === 9 ? 'sentiment' : i % 3 === 0 ? `a_column_with_a_rather_long_name_${i}` : `c${i}`,
)

const panel = (messages: readonly ToPage[], more: Partial<Scene> = {}): Scene => ({
  page: 'panel',
  messages,
  ...more,
})

export const dataScenes = {
  'data-opening': panel([begin()]),
  'data-unknown-files': panel([begin({ files: [] })]),
  'data-error': panel([
    begin(),
    {
      type: 'data-problem',
      message: `${FILE}: line 14 begins a quoted cell that is never closed. Close the quote, or write it twice inside the cell.`,
      line: 14,
    },
  ]),
  'data-late-error': panel([
    ...ready,
    {
      type: 'data-problem',
      message: `${FILE}: line 14 begins a quoted cell that is never closed.`,
      line: 14,
    },
    { type: 'file-changed', gone: false },
  ]),
  'data-gone': panel([...ready, { type: 'file-changed', gone: true }]),
  'data-reading': panel([
    begin({ files: [FILE, '/home/ada/reviews/more.csv'] }),
    opened(['text', 'sentiment']),
    roles(),
    sample(['positive', 'negative']),
    index(1_204_000, 0.37),
    { type: 'profile', profile: null, read: 1_204_000 },
  ]),
  'data-ready': panel(ready),
  'data-one-column': panel([
    begin(),
    opened(['line']),
    roles({ text: null, label: null }, 'no column of labels'),
    rowsOf((row) => [words(12, row)]),
    index(60),
    { type: 'profile', profile: null, read: 60 },
  ]),
  'data-doubtful': panel([
    begin(),
    opened(
      ['text', 'sentiment'],
      ['Read as Windows-1252, as it is no UTF-8. Cells are divided by semicolons.'],
    ),
    roles(),
    sample(['positive', 'negative', LONG_LABEL]),
    ...profiled(['positive', 'negative', LONG_LABEL], true),
    { type: 'chosen', option: 'near_duplicates', value: 'keep' },
  ]),
  'data-named-counting': panel([...ready, { type: 'named-leaks', leaks: null, isWhole: true }]),
  'data-named-leaks': panel([...ready, namedLeaks]),
  'data-named-left-out': panel([
    ...ready,
    namedLeaks,
    { type: 'chosen', option: 'near_duplicates', value: 'drop' },
  ]),
  'data-named-problem': panel([
    ...ready,
    {
      type: 'named-leaks',
      leaks: [
        {
          part: 'test',
          path: '/home/ada/reviews/test.csv',
          exact: none,
          near: none,
          problem: '/home/ada/reviews/test.csv does not exist: check the path',
        },
      ],
      isWhole: false,
    },
  ]),
  'data-77-labels': panel([
    begin(),
    opened(['text', 'sentiment']),
    roles(),
    sample(MANY_LABELS),
    ...profiled(MANY_LABELS),
  ]),
  'data-77-labels-open': panel(
    [begin(), opened(['text', 'sentiment']), roles(), sample(MANY_LABELS), ...profiled(MANY_LABELS)],
    { act: (page) => page.getByText('Show 67 more').or(page.getByText('67').last()).first().click() },
  ),
  'data-30-columns': panel([
    begin(),
    opened(wide),
    roles(),
    rowsOf((row) => wide.map((name, i) => (name === 'text' ? words(30, row) : `${row * i}`))),
    ...profiled(['positive', 'negative']),
  ]),
  'data-long-texts': panel([
    begin(),
    opened(['text', 'sentiment']),
    roles(),
    rowsOf((row) => [`${words(400, row)} ${'x'.repeat(300)}`, LONG_LABEL]),
    ...profiled([LONG_LABEL, 'other']),
  ]),
  'data-numbers': panel(
    [
      begin(),
      opened(['text', 'sentiment']),
      roles(),
      rowsOf((row) => [words(9, row), `${(row % 10) / 2}`]),
      ...profiled(['0.5', '1', '2.5', '4', '5', '12.25']),
    ],
    { kept: { files: [FILE], typed: { task: 'regress' } } },
  ),
  'data-untrusted': panel([
    begin({ trusted: false }),
    opened(['text', 'sentiment']),
    roles(),
    sample(['positive', 'negative']),
    ...profiled(['positive', 'negative']),
  ]),
} satisfies Record<string, Scene>
