import { join } from 'node:path'
import { readChecked, readRecord } from '../../run/folder.ts'
import { readNumberPredictions, readPredictions } from '../../run/predictions.ts'
import { UserError } from '../../shared/error.ts'
import { RegressionRunEvaluation, RunEvaluation, type TestPrediction } from '../../shared/evaluation.ts'
import { t } from '../../shared/l10n.ts'
import type {
  CellRequestMessage,
  CellRowsMessage,
  NumberRow,
  ReportMessage,
  ReportRow,
  SliceRequestMessage,
  SliceRowsMessage,
} from '../../shared/page-run.ts'
import type { RunRecord } from '../../shared/run.ts'
import { isOfSlice } from '../../shared/slices/rows-of-slice.ts'
import type { TestRow } from './find-test-row.ts'

/** Rows of a list that are sent at once. */
const PAGE = 100
/** Dots of a drawing; more lie on each other. */
const DOTS = 2000
const TEXT = 400

export interface Report {
  readonly message: ReportMessage
  /** Rows of a cell of the confusion matrix. */
  cell(request: CellRequestMessage): CellRowsMessage
  /** Rows of a slice. */
  slice(request: SliceRequestMessage): SliceRowsMessage
  /** A test row as it was, by its number in the file it came from. null: there is no such row. */
  testRow(row: number, file: number | null): TestRow | null
}

/** Reads what is known of a finished run. A folder that is damaged or of a newer version gives its problem. */
export async function readReport(path: string): Promise<Report> {
  try {
    const record = readRecord(path)
    return record.data.target === null ? await labelReport(path, record) : await numberReport(path, record)
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    return {
      message: { type: 'report', path, report: null, problem: error.message },
      cell: ({ label, predicted, from }) => ({
        type: 'cell-rows',
        label,
        predicted,
        from,
        total: 0,
        rows: [],
      }),
      slice: noRows,
      testRow: () => null,
    }
  }
}

async function labelReport(path: string, record: RunRecord): Promise<Report> {
  const file = join(path, 'evaluation.json')
  const { test, before, intervals, paired, calibration, files, cut, leaks, slices, findings } = readChecked(
    file,
    RunEvaluation,
    t`the run was not evaluated`,
  )
  const predictions = await readPredictions(path)
  const rows = predictions.map(reportRow).sort((a, b) => b.probability - a.probability || a.row - b.row)
  const mistakes = rows.filter(({ label, predicted }) => label !== predicted)
  return {
    message: {
      type: 'report',
      path,
      report: {
        task: 'classify',
        test,
        before,
        intervals: intervals ?? {},
        paired: paired ?? {},
        calibration: calibration ?? null,
        files: files ?? [],
        cut: cut ?? null,
        ...(leaks ? { leaks } : {}),
        slices: slices ?? [],
        findings: findings ?? [],
        mistakes: mistakes.slice(0, PAGE),
        mistaken: mistakes.length,
      },
      problem: null,
    },
    cell: ({ label, predicted, from }) => {
      const those = rows.filter((row) => row.label === label && row.predicted === predicted)
      return {
        type: 'cell-rows',
        label,
        predicted,
        from,
        total: those.length,
        rows: those.slice(from, from + PAGE),
      }
    },
    slice: (request) => sliceRows(request, predictions),
    testRow: testRowsOf(record, predictions),
  }
}

/** Of a slice the mistaken rows first, of these and of the others the most certain. */
function sliceRows(request: SliceRequestMessage, predictions: readonly TestPrediction[]): SliceRowsMessage {
  const { from } = request
  const isMistake = ({ label, predicted }: ReportRow): boolean => label !== predicted
  const rows = predictions
    .filter(isOfSlice(request))
    .map(reportRow)
    .sort(
      (a, b) => Number(isMistake(b)) - Number(isMistake(a)) || b.probability - a.probability || a.row - b.row,
    )
  return { ...request, type: 'slice-rows', total: rows.length, rows: rows.slice(from, from + PAGE) }
}

const noRows = (request: SliceRequestMessage): SliceRowsMessage => ({
  ...request,
  type: 'slice-rows',
  total: 0,
  rows: [],
})

async function numberReport(path: string, record: RunRecord): Promise<Report> {
  const file = join(path, 'evaluation.json')
  const { test, before, intervals } = readChecked(file, RegressionRunEvaluation, t`the run was not evaluated`)
  const predictions = await readNumberPredictions(path)
  const mistakes = predictions
    .map(
      ({ row, file: number, text, target, value }): NumberRow => ({
        row,
        file: number ?? null,
        text: shortened(text),
        target,
        value,
      }),
    )
    .sort((a, b) => Math.abs(b.value - b.target) - Math.abs(a.value - a.target))
    .slice(0, PAGE)
  const every = Math.ceil(predictions.length / DOTS)
  return {
    message: {
      type: 'report',
      path,
      report: {
        task: 'regress',
        test,
        before,
        intervals: intervals ?? {},
        mistakes,
        points: predictions
          .filter((_, i) => i % every === 0)
          .map(({ target, value }): [number, number] => [target, value]),
      },
      problem: null,
    },
    cell: ({ label, predicted, from }) => ({
      type: 'cell-rows',
      label,
      predicted,
      from,
      total: 0,
      rows: [],
    }),
    slice: noRows,
    testRow: testRowsOf(record, predictions),
  }
}

const reportRow = ({
  row,
  file,
  text,
  text_pair,
  label,
  predicted,
  probabilities,
}: TestPrediction): ReportRow => ({
  row,
  file: file ?? null,
  text: shortened(text_pair === undefined ? text : `${text} | ${text_pair}`),
  label,
  predicted,
  probability: probabilities[predicted] ?? 0,
})

const shortened = (text: string): string => {
  const line = text.replaceAll(/\s+/g, ' ').trim()
  return line.length <= TEXT ? line : `${line.slice(0, TEXT).trimEnd()}…`
}

function testRowsOf(
  { data }: RunRecord,
  predictions: readonly { readonly row: number; readonly file?: number | undefined; readonly text: string }[],
): Report['testRow'] {
  const key = (row: number, file: number | null): string => `${file ?? 1} ${row}`
  const texts = new Map(predictions.map(({ row, file, text }) => [key(row, file ?? null), text]))
  return (row, file) => {
    const text = texts.get(key(row, file))
    const source = data.test ?? [data.train, ...data.more][(file ?? 1) - 1]
    return text === undefined || source === undefined
      ? null
      : { path: source.path, row, column: data.text, text }
  }
}
