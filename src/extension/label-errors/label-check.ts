import * as v from 'valibot'
import type { FileEdits } from '../../data/edit/open-edits.ts'
import { changedMeanwhile } from '../../data/edit/splice-file.ts'
import type { Table } from '../../data/table.ts'
import { Decision, isWritten } from '../../shared/check-page.ts'
import { Suspect } from '../../shared/suspect.ts'
import type { LabelErrors } from './find-label-errors.ts'

/** The rows of a file whose labels may be wrong, and what was decided of each. */
export const LabelCheck = v.object({
  schema: v.literal(1),
  /** Of the file with all decisions written so far: `FileEdits.version`. */
  version: v.string(),
  /** Rows that were looked at. */
  rows: v.number(),
  labels: v.array(v.string()),
  items: v.array(
    v.object({
      suspect: Suspect,
      /** In the file as it is now; of a deleted row, where it was. */
      row: v.number(),
      decision: v.nullable(Decision),
    }),
  ),
  /** Items that are decided, by index, the oldest decision first. */
  order: v.array(v.number()),
  /** The item in view; null: none is left. */
  at: v.nullable(v.number()),
})
export type LabelCheck = v.InferOutput<typeof LabelCheck>

/**
 * A check at its beginning.
 *
 * @throws UserError where the file is not the one any more that the suspects were found in
 */
export function beginCheck(
  table: Table,
  columns: { readonly text: string; readonly label: string },
  { counts, suspects }: LabelErrors,
  labels: readonly string[],
  edits: FileEdits,
): LabelCheck {
  const textAt = table.columns.indexOf(columns.text)
  const labelAt = table.columns.indexOf(columns.label)
  for (const { row, text, given } of suspects) {
    const cells = edits.cells.get(row)
    if (cells?.[textAt] !== text || cells[labelAt]?.trim() !== given) throw changedMeanwhile(table.path)
  }
  return {
    schema: 1,
    version: edits.version,
    rows: counts.rows,
    labels: [...labels],
    items: suspects.map((suspect) => ({ suspect, row: suspect.row, decision: null })),
    order: [],
    at: suspects.length > 0 ? 0 : null,
  }
}

/** The rows that a check may still change. */
export const rowsOf = ({ items }: LabelCheck): ReadonlySet<number> =>
  new Set(items.flatMap(({ row, decision }) => (decision?.kind === 'delete' ? [] : [row])))

/** Writes a decision into the file where there is something to write, and goes on to the next item. */
export async function decide(
  check: LabelCheck,
  index: number,
  decision: Decision,
  edits: FileEdits,
): Promise<LabelCheck> {
  const item = check.items[index]
  if (item === undefined || (item.decision !== null && isWritten(item.decision))) return check
  const { given, suggested } = item.suspect
  const label = decision.kind === 'accept' ? suggested : decision.kind === 'label' ? decision.label : null
  const made: Decision = label === given ? { kind: 'keep' } : decision
  if (made.kind === 'delete') await edits.change(item.row, { deleted: true })
  else if (label !== null && label !== given) await edits.change(item.row, { label })
  const movesUp = made.kind === 'delete' && edits.renumbers
  const items = check.items.map((other, i) => {
    if (i === index) return { ...other, decision: made }
    return movesUp && other.row > item.row ? { ...other, row: other.row - 1 } : other
  })
  const order = [...check.order.filter((one) => one !== index), index]
  return { ...check, version: edits.version, items, order, at: nextOpen(items, index) }
}

/** Takes back the newest decision, also in the file, and shows its item. */
export async function undo(check: LabelCheck, edits: FileEdits): Promise<LabelCheck> {
  const index = check.order.at(-1)
  const item = index === undefined ? undefined : check.items[index]
  if (index === undefined || item === undefined || item.decision === null) return check
  if (isWritten(item.decision) && (await edits.undo()) === null)
    throw new Error(`row ${item.row}: the journal has no edit to take back`)
  const movesDown = item.decision.kind === 'delete' && edits.renumbers
  const items = check.items.map((other, i) => {
    if (i === index) return { ...other, decision: null }
    return movesDown && other.row >= item.row ? { ...other, row: other.row + 1 } : other
  })
  return { ...check, version: edits.version, items, order: check.order.slice(0, -1), at: index }
}

/** Brings an item into view that was kept or skipped: it may be decided otherwise. */
export function show(check: LabelCheck, index: number): LabelCheck {
  const item = check.items[index]
  return item === undefined || (item.decision !== null && isWritten(item.decision))
    ? check
    : { ...check, at: index }
}

/** The first item without a decision behind this one, else before it. */
function nextOpen(items: LabelCheck['items'], index: number): number | null {
  const open = items.flatMap(({ decision }, i) => (decision === null ? [i] : []))
  return open.find((i) => i > index) ?? open[0] ?? null
}
