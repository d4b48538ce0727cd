import type { CellRowsMessage, ReportMessage, ReportRow } from '../../src/shared/page-run.ts'

/** Rows of a cell of the confusion matrix, as far as they came. */
export interface CellRows {
  readonly label: string
  readonly predicted: string
  readonly total: number
  readonly rows: readonly ReportRow[]
}

export interface ReportStore {
  report(): ReportMessage | null
  cell(): CellRows | null
  take(message: ReportMessage | CellRowsMessage): void
  /** Forgets the report: another run is shown. */
  clear(): void
  subscribe(listener: () => void): () => void
}

/** Keeps the newest report and the rows that were asked for. */
export const createReportStore = (): ReportStore => {
  let report: ReportMessage | null = null
  let cell: CellRows | null = null
  const listeners = new Set<() => void>()
  const tell = (): void => {
    for (const listener of [...listeners]) listener()
  }
  return {
    report: () => report,
    cell: () => cell,
    take(message) {
      if (message.type === 'report') {
        report = message
        cell = null
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
      tell()
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
