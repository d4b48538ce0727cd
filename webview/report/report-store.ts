import type {
  CellRowsMessage,
  ReportMessage,
  ReportRow,
  SliceRowsMessage,
} from '../../src/shared/page-run.ts'

/** Rows of a cell of the confusion matrix, as far as they came. */
export interface CellRows {
  readonly label: string
  readonly predicted: string
  readonly total: number
  readonly rows: readonly ReportRow[]
}

/** Rows of a slice, as far as they came. */
export type SliceRows = Omit<SliceRowsMessage, 'type' | 'from'>

export interface ReportStore {
  report(): ReportMessage | null
  cell(): CellRows | null
  slice(): SliceRows | null
  take(message: ReportMessage | CellRowsMessage | SliceRowsMessage): void
  /** Forgets the report: another run is shown. */
  clear(): void
  subscribe(listener: () => void): () => void
}

/** Keeps the newest report and the rows that were asked for. */
export const createReportStore = (): ReportStore => {
  let report: ReportMessage | null = null
  let cell: CellRows | null = null
  let slice: SliceRows | null = null
  const listeners = new Set<() => void>()
  const tell = (): void => {
    for (const listener of [...listeners]) listener()
  }
  return {
    report: () => report,
    cell: () => cell,
    slice: () => slice,
    take(message) {
      if (message.type === 'report') {
        report = message
        cell = null
        slice = null
      } else if (message.type === 'slice-rows') {
        const { kind, column, value, from, total, rows } = message
        const isSame = slice?.kind === kind && slice.column === column && slice.value === value
        const before = isSame ? (slice?.rows ?? []) : []
        slice = { kind, column, value, total, rows: [...before.slice(0, from), ...rows] }
      } else {
        const { label, predicted, from, total, rows } = message
        const before = cell?.label === label && cell.predicted === predicted ? cell.rows : []
        cell = { label, predicted, total, rows: [...before.slice(0, from), ...rows] }
      }
      tell()
    },
    clear() {
      report = null
      cell = null
      slice = null
      tell()
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
