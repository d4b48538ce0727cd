import type { Evaluation, Scores } from '../../../src/shared/evaluation.ts'
import type { LabelReport, ReportMessage, ReportRow } from '../../../src/shared/page-run.ts'
import type { Calibration, Finding, Slice } from '../../../src/shared/trust.ts'
import { done, RUN } from './run.ts'
import { begin, FILE, LONG_LABEL, MANY_LABELS, pickOf, type Scene, words } from './scene.ts'

const scores = (accuracy: number): Scores => ({
  accuracy,
  f1_macro: accuracy - 0.013,
  f1_weighted: accuracy - 0.004,
  auc: Math.min(1, accuracy + 0.06),
  log_loss: 1.1 - accuracy,
})

const evaluation = (labels: readonly string[], most: number): Evaluation => {
  const confusion = labels.map((_, i) =>
    labels.map((_, j) => (i === j ? most + (i % 7) : (i * 7 + j * 3) % 11 === 0 ? 1 + ((i + j) % 5) : 0)),
  )
  const sum = (counts: readonly number[]): number => counts.reduce((a, b) => a + b, 0)
  const rows = sum(confusion.map(sum))
  return {
    rows,
    ...scores(0.876),
    precision_macro: 0.87,
    recall_macro: 0.861,
    precision_weighted: 0.88,
    recall_weighted: 0.876,
    classes: labels.map((label, i) => ({
      label,
      precision: 0.8 + (i % 17) / 100,
      recall: 0.7 + (i % 23) / 100,
      f1: 0.75 + (i % 19) / 100,
      support: sum(confusion[i] ?? []),
    })),
    confusion,
  }
}

const rowsOf = (labels: readonly string[], count: number): ReportRow[] =>
  Array.from({ length: count }, (_, i) => ({
    row: 3 + i * 10_037,
    file: null,
    text: words(6 + ((i * 17) % 60), i),
    label: pickOf(labels, i),
    predicted: pickOf(labels, i + 1),
    probability: 0.999 - i / 50,
  }))

/** Too sure above one half, as models that were trained long are. */
const calibration: Calibration = {
  temperature: 1.42,
  ece_before: 0.081,
  ece_after: 0.019,
  bins: Array.from({ length: 11 }, (_, i) => ({
    from: (i + 4) / 15,
    to: (i + 5) / 15,
    rows: 4 + i * i * 3,
    confidence: (i + 4.6) / 15,
    accuracy: (i + 4.6) / 15 - (i % 3) / 40,
  })),
  unsure: { precision: 0.95, threshold: 0.7312, coverage: 0.812, accuracy: 0.957 },
}

const labelled = (
  labels: readonly string[],
  most: number,
  more: Partial<LabelReport> = {},
): ReportMessage => ({
  type: 'report',
  path: RUN,
  report: {
    task: 'classify',
    test: evaluation(labels, most),
    before: { majority: scores(0.5), ngram: scores(0.71), probe: scores(0.77) },
    intervals: {
      accuracy: [0.842, 0.908],
      f1_macro: [0.829, 0.897],
      f1_weighted: [0.84, 0.906],
      auc: [0.912, 0.958],
      log_loss: [0.181, 0.267],
    },
    paired: { majority: { better: 50, worse: 4, p: 1e-9 }, probe: { better: 21, worse: 10, p: 0.071 } },
    calibration,
    files: [],
    cut: null,
    slices: [],
    findings: [],
    mistakes: rowsOf(labels, 10),
    mistaken: 41,
    ...more,
  },
  problem: null,
})

const slice = (kind: Slice['kind'], value: string, difference: number, p: number): Slice => ({
  kind,
  column: kind === 'column' ? 'shop' : null,
  value,
  rows: 37,
  accuracy: 0.88 + difference,
  difference,
  p,
})

const SLICES = [
  slice('word', 'refund', -0.412, 0.00004),
  slice('column', LONG_LABEL, -0.24, 0.012),
  slice('length', '41-388', -0.07, 0.61),
  slice('language', 'Hani', -0.05, 1),
  slice('cut', 'cut', 0.02, 1),
]

const FINDINGS: readonly Finding[] = [
  {
    rule: 'over-fitting',
    figures: { epoch: 9, best_epoch: 3, valid_loss: 0.912, best_valid_loss: 0.544, train_loss: 0.021 },
    change: { metric: 'log_loss', label_smoothing: 0.1, average: 0.33, patience: 2 },
  },
  { rule: 'label-noise', figures: { surest: 53, otherwise: 14 }, change: {} },
]

const report = (message: ReportMessage, act?: Scene['act'], more: Scene['messages'] = []): Scene => ({
  page: 'panel',
  messages: [begin({ run: RUN }), done, message, ...more],
  kept: { files: [FILE], run: RUN, part: 'report' },
  ...(act ? { act } : {}),
})

const SIX = ['abbreviation', 'description', 'entity', 'human', 'location', 'numeric value']
const file = (name: string, bytes: number) => ({
  file: name,
  dtype: 'fp32' as const,
  trimmed: false,
  bytes,
  ms_single: 0.8123,
  ms_batch: 0.1312,
  accuracy: 0.8762,
  difference: 0.00012,
})

export const reportScenes = {
  'report-reading': {
    page: 'panel',
    messages: [begin({ run: RUN }), done],
    kept: { files: [FILE], run: RUN, part: 'report' },
  },
  'report-2-labels': report(
    labelled(['negative', 'positive'], 48, {
      cut: { texts: 104, cut: 12, share: 0.034 },
      leaks: { exact: 3, near: 5, accuracy_without: 0.8438 },
      files: [file('onnx/model.onnx', 31_400_000), file('onnx/model_quantized.onnx', 9_400_000)],
    }),
  ),
  'report-cell': report(labelled(['negative', 'positive'], 48), undefined, [
    {
      type: 'cell-rows',
      label: 'negative',
      predicted: 'positive',
      from: 0,
      total: 120,
      rows: rowsOf(['negative'], 12),
    },
  ]),
  'report-slices': report(
    labelled(['negative', 'positive'], 48, { slices: SLICES, findings: [...FINDINGS] }),
    undefined,
    [
      {
        type: 'slice-rows',
        kind: 'word',
        column: null,
        value: 'refund',
        from: 0,
        total: 37,
        rows: rowsOf(['negative', 'positive', 'positive'], 9).map((row, i) =>
          i < 6 ? row : { ...row, predicted: row.label },
        ),
      },
    ],
  ),
  'report-6-labels': report(labelled(SIX, 120)),
  'report-long-labels': report(labelled([LONG_LABEL, `${LONG_LABEL} twice`, 'other'], 1200)),
  'report-77-labels': report(labelled(MANY_LABELS, 36)),
  'report-77-matrix': report(labelled(MANY_LABELS, 36), async (page) => {
    await page.locator('.report details > summary').click()
    await page.evaluate("document.querySelector('.report details').scrollIntoView({ block: 'start' })")
  }),
  'report-no-mistakes': report(
    labelled(['negative', 'positive'], 48, {
      mistakes: [],
      mistaken: 0,
      // As of a run of an older version.
      intervals: {},
      paired: {},
      calibration: null,
    }),
  ),
  'report-problem': report({
    type: 'report',
    path: RUN,
    report: null,
    problem: `${RUN}/evaluation.json: it is no JSON.`,
  }),
  'report-numbers': report({
    type: 'report',
    path: RUN,
    report: {
      task: 'regress',
      test: {
        rows: 220,
        mse: 1234.5678,
        rmse: 35.137,
        mae: 27.125,
        r2: 0.8123,
        spearman: 0.9,
        median_error: 21.5,
        p90_error: 60.25,
        max_error: 131.75,
      },
      before: {
        mean: { mse: 6543.21, rmse: 80.89, mae: 66.1, r2: 0, spearman: null },
        ngram: { mse: 2543.21, rmse: 50.43, mae: 41.1, r2: 0.61, spearman: 0.7 },
        probe: { mse: 1843.21, rmse: 42.93, mae: 33.1, r2: 0.72, spearman: 0.8 },
      },
      intervals: { rmse: [31.2, 39.5], mae: [24.3, 30.1], r2: [0.741, 0.862], mse: [973.44, 1560.25] },
      mistakes: Array.from({ length: 10 }, (_, i) => ({
        row: 3 + i * 37,
        file: i % 2 === 0 ? 1 : 2,
        text: words(6 + ((i * 17) % 60), i),
        target: 100 + i * 12.5,
        value: 231.75 - i * 3.25,
      })),
      points: Array.from({ length: 220 }, (_, i): [number, number] => [i * 1.5, i * 1.4 + 40 * Math.sin(i)]),
    },
    problem: null,
  }),
} satisfies Record<string, Scene>
