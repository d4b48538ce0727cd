import { chooseColumns } from '../../data/columns.ts'
import { type FileEdits, openEdits } from '../../data/edit/open-edits.ts'
import { labelOrder } from '../../data/labels.ts'
import { openTable, type Table } from '../../data/table.ts'
import type { CheckedFile } from '../../shared/check-page.ts'
import type { ProgressEvent } from '../../shared/events.ts'
import type { TrainerHost } from '../trainer/launch.ts'
import { findLabelErrors } from './find-label-errors.ts'
import { beginCheck, type LabelCheck, rowsOf } from './label-check.ts'

export interface OpenCheck {
  readonly check: LabelCheck
  readonly edits: FileEdits
}

/**
 * Goes on with a check where the file is as that left it, else begins one.
 *
 * @throws UserError where the file can't be checked
 */
export async function openCheck(
  { file, roles }: CheckedFile,
  stored: LabelCheck | null,
  host: TrainerHost,
  stop: AbortSignal,
  progress: (event: ProgressEvent) => void,
): Promise<OpenCheck> {
  const table = await openTable(file)
  const wanted = { text: roles?.text ?? null, label: roles?.label ?? null, pair: roles?.text_pair ?? null }
  const { text, label, pair } = await chooseColumns(table, wanted)
  if (stored !== null) {
    const edits = await openEdits(table, label, rowsOf(stored))
    if (edits.version === stored.version) return { check: stored, edits }
  }
  const found = await findLabelErrors(
    { files: [file], roles: { text, label, text_pair: pair, group: null, split_column: null }, model: null },
    host,
    stop,
    progress,
  )
  const edits = await openEdits(table, label, new Set(found.suspects.map(({ row }) => row)))
  const labels = await labelsOf(table, label)
  return { check: beginCheck(table, { text, label }, found, labels, edits), edits }
}

async function labelsOf(table: Table, column: string): Promise<readonly string[]> {
  const at = table.columns.indexOf(column)
  const labels = new Set<string>()
  for await (const { cells } of table.rows()) {
    const label = cells[at]?.trim() ?? ''
    if (label !== '') labels.add(label)
  }
  return labelOrder(labels)
}
