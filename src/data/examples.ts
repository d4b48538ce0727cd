import { UserError } from '../shared/error.ts'
import { t } from '../shared/l10n.ts'
import { copied } from './copied.ts'
import { type Part, readPart } from './split-column.ts'
import type { Table, TableFormat } from './table.ts'

/** A row that can be trained on or scored. */
export interface Example {
  /** 1-based row of the file, the header not counted. */
  readonly row: number
  /** As it stands in the file. */
  readonly text: string
  /** The second text, where rows have two. */
  readonly pair?: string
  /** Without white space around it; not empty. */
  readonly label: string
  /** Rows of one group stay together when they are divided; a row without one is free. */
  readonly group?: string
  /** Rows of one number are near duplicates that stay together when they are divided. */
  readonly alike?: number
  /** The part that the file puts the row into. */
  readonly part?: Part
  /** Which of several files the row is from, counted from 1. */
  readonly file?: number
}

/** The columns to read; those that are null or left out are not. */
export interface ReadColumns {
  readonly text: string
  readonly label: string
  readonly pair?: string | null
  readonly group?: string | null
  readonly split?: string | null
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
  readonly columns: ReadColumns
  /** All rows of the file; those of `examples` and those left out. */
  readonly rows: number
  readonly examples: readonly Example[]
  /** Left out: the text, or one of the two, is empty or white space. */
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
export async function readExamples(table: Table, columns: ReadColumns): Promise<Examples> {
  const textAt = columnAt(table, columns.text)
  const labelAt = columnAt(table, columns.label)
  const others = otherColumns(table, columns)
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
    const read = others(cells, row)
    const written = (cells[labelAt] ?? '').trim()
    const empty = text.trim() === '' || read.pair?.trim() === ''
    if (empty) emptyTexts.add(row)
    if (written === '') missingLabels.add(row)
    if (empty || written === '') continue
    let label = labels.get(written)
    if (label === undefined) {
      label = copied(written)
      labels.set(label, label)
    }
    examples.push({ row, text: keep(text), label, ...read })
  }
  return {
    path: table.path,
    format: table.format,
    columns,
    rows,
    examples,
    emptyTexts: emptyTexts.rows,
    missingLabels: missingLabels.rows,
    shortRows: shortRows.rows,
    longRows: longRows.rows,
    strayQuotes: strayQuotes.rows,
  }
}

/** Reads what a row has beside text and label. */
function otherColumns(
  table: Table,
  { pair = null, group = null, split = null }: ReadColumns,
): (cells: readonly string[], row: number) => Pick<Example, 'pair' | 'group' | 'part'> {
  if (pair === null && group === null && split === null) return () => ({})
  const pairAt = pair === null ? -1 : columnAt(table, pair)
  const groupAt = group === null ? -1 : columnAt(table, group)
  const partAt = split === null ? -1 : columnAt(table, split)
  return (cells, row) => {
    const named = groupAt < 0 ? '' : (cells[groupAt] ?? '').trim()
    return {
      ...(pairAt < 0 ? {} : { pair: copied(cells[pairAt] ?? '') }),
      ...(named === '' ? {} : { group: copied(named) }),
      ...(split === null ? {} : { part: readPart(cells[partAt] ?? '', table.path, row, split) }),
    }
  }
}

function columnAt(table: Table, name: string): number {
  const at = table.columns.indexOf(name)
  if (at < 0)
    throw new UserError(t`${table.path} has no column "${name}"; its columns are ${table.columns.join(', ')}`)
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
