import type { Step } from '../../shared/clean-steps.ts'
import { textKey } from '../model-text.ts'
import type { Table } from '../table.ts'
import type { TextStep } from './steps.ts'
import { textCleaner } from './text.ts'

export interface CleanedColumns {
  /** One, or two that are read as a pair. */
  readonly texts: readonly string[]
  /** null: the file has none, and steps that ask for labels do nothing. */
  readonly label: string | null
}

/** A row of a file after cleaning. */
export interface CleanedRow {
  readonly row: number
  readonly cells: readonly string[]
  readonly width: number
  /** Of the text columns, before and after. */
  readonly before: readonly string[]
  readonly after: readonly string[]
  readonly changed: readonly TextStep[]
  /** The step that leaves the row out; null: it stays. */
  readonly left: Exclude<Step, TextStep> | null
}

/** Cleans the rows of a table, one after the other. Of equal rows (text and label) the first stays. */
export async function* cleanTable(
  table: Table,
  columns: CleanedColumns,
  steps: readonly Step[],
): AsyncGenerator<CleanedRow> {
  const { trace } = textCleaner(steps)
  const textsAt = columns.texts.map((name) => table.columns.indexOf(name))
  const labelAt = columns.label === null ? -1 : table.columns.indexOf(columns.label)
  const seen = new Set<string>()
  const leftBy = (label: string | null, texts: readonly string[]): Exclude<Step, TextStep> | null => {
    if (steps.includes('missing_label') && label === '') return 'missing_label'
    if (steps.includes('empty') && texts.some((text) => text.trim() === '')) return 'empty'
    if (!steps.includes('duplicates') || label === null) return null
    const [text = '', pair] = texts
    const key = JSON.stringify([label, textKey(pair === undefined ? { text } : { text, pair })])
    if (seen.has(key)) return 'duplicates'
    seen.add(key)
    return null
  }
  for await (const { row, cells, width } of table.rows()) {
    const traced = textsAt.map((at) => ({ at, before: cells[at] ?? '', ...trace(cells[at] ?? '') }))
    const after = traced.map(({ text }) => text)
    const changed = new Set(traced.flatMap((one) => one.changed))
    yield {
      row,
      cells: cells.map((cell, i) => traced.find(({ at }) => at === i)?.text ?? cell),
      width,
      before: traced.map(({ before }) => before),
      after,
      changed: [...changed],
      left: leftBy(labelAt < 0 ? null : (cells[labelAt] ?? '').trim(), after),
    }
  }
}

/** Rows to show what cleaning does: of every step some, in the order of the file. */
export const createShowcase = (most: number): { see(row: CleanedRow): void; shown(): CleanedRow[] } => {
  const byStep = new Map<Step, CleanedRow[]>()
  return {
    see(row) {
      for (const step of row.left === null ? row.changed : [...row.changed, row.left]) {
        const rows = byStep.get(step) ?? []
        if (rows.length < most) rows.push(row)
        byStep.set(step, rows)
      }
    },
    shown() {
      const chosen = new Set<CleanedRow>()
      for (let nth = 0; nth < most; nth++)
        for (const rows of byStep.values()) {
          const row = rows[nth]
          if (row && chosen.size < most) chosen.add(row)
        }
      return [...chosen].sort((a, b) => a.row - b.row)
    },
  }
}
