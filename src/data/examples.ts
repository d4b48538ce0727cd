import { UserError } from '../shared/error.ts'
import type { Table, TableFormat } from './table.ts'

/** A row that can be trained on or scored. */
export interface Example {
  /** 1-based row of the file, the header not counted. */
  readonly row: number
  /** As it stands in the file. */
  readonly text: string
  /** Without white space around it; not empty. */
  readonly label: string
}

/** Rows that have something in common. */
export interface Rows {
  readonly count: number
  /** The first of them, 10 at most. */
  readonly rows: readonly number[]
}

export interface Examples {
  readonly path: string
  readonly format: TableFormat
  readonly columns: { readonly text: string; readonly label: string }
  /** All rows of the file; those of `examples` and those left out. */
  readonly rows: number
  readonly examples: readonly Example[]
  /** Left out: the text is empty or white space. */
  readonly emptyTexts: Rows
  /** Left out: the label is empty or white space. A row without both is counted in both. */
  readonly missingLabels: Rows
  /** Fewer cells than columns; more; text after a closing quote. Not left out for that. */
  readonly shortRows: Rows
  readonly longRows: Rows
  readonly strayQuotes: Rows
}

const SHOWN_ROWS = 10

/** Reads the rows that have a text and a label, and counts the others. */
export async function readExamples(
  table: Table,
  columns: { readonly text: string; readonly label: string },
): Promise<Examples> {
  const textAt = columnAt(table, columns.text)
  const labelAt = columnAt(table, columns.label)
  // A string cut from a larger one keeps all of it alive: where most of a row is not wanted, texts are copied out.
  const keep = table.columns.length > 2 ? copied : (text: string) => text
  // The same few labels come again and again: one string of each is kept.
  const labels = new Map<string, string>()
  const examples: Example[] = []
  const emptyTexts = counter()
  const missingLabels = counter()
  const shortRows = counter()
  const longRows = counter()
  const strayQuotes = counter()
  let rows = 0
  for await (const { row, cells, width, stray } of table.rows()) {
    rows++
    if (width < table.columns.length) shortRows.add(row)
    if (width > table.columns.length) longRows.add(row)
    if (stray) strayQuotes.add(row)
    const text = cells[textAt] ?? ''
    const written = (cells[labelAt] ?? '').trim()
    const empty = text.trim() === ''
    if (empty) emptyTexts.add(row)
    if (written === '') missingLabels.add(row)
    if (empty || written === '') continue
    let label = labels.get(written)
    if (label === undefined) {
      label = copied(written)
      labels.set(label, label)
    }
    examples.push({ row, text: keep(text), label })
  }
  return {
    path: table.path,
    format: table.format,
    columns: { text: columns.text, label: columns.label },
    rows,
    examples,
    emptyTexts: emptyTexts.rows,
    missingLabels: missingLabels.rows,
    shortRows: shortRows.rows,
    longRows: longRows.rows,
    strayQuotes: strayQuotes.rows,
  }
}

function columnAt(table: Table, name: string): number {
  const at = table.columns.indexOf(name)
  if (at < 0)
    throw new UserError(`${table.path} has no column "${name}"; its columns are ${table.columns.join(', ')}`)
  return at
}

function counter(): { rows: Rows; add(row: number): void } {
  const rows = { count: 0, rows: [] as number[] }
  return {
    rows,
    add(row) {
      rows.count++
      if (rows.rows.length < SHOWN_ROWS) rows.rows.push(row)
    },
  }
}

const copied = (text: string): string => Buffer.from(text, 'utf16le').toString('utf16le')
