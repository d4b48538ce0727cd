import { type Decided, isWritten, type Queue } from '../../shared/check-page.ts'
import { t } from '../../shared/l10n.ts'
import type { LabelCheck } from './label-check.ts'

const LONGEST_SHOWN = 200

/** A check as its page shows it. */
export function queueMessage(check: LabelCheck, said: string | null, problem: string | null): Queue {
  const { items, order, at, labels, rows } = check
  const item = at === null ? undefined : items[at]
  const decided = order.toReversed().flatMap((index): Decided[] => {
    const one = items[index]
    if (one === undefined || one.decision === null) return []
    const { text, given, suggested } = one.suspect
    const shown = text.slice(0, LONGEST_SHOWN).replaceAll(/\s+/g, ' ')
    return [{ index, row: one.row, text: shown, given, suggested, decision: one.decision }]
  })
  return {
    type: 'queue',
    rows,
    total: items.length,
    labels,
    item: item === undefined || at === null ? null : { index: at, row: item.row, suspect: item.suspect },
    decided,
    said,
    problem,
  }
}

/** What was decided last, in a sentence. */
export function saidOf({ items, order }: LabelCheck): string | null {
  const item = items[order.at(-1) ?? -1]
  if (item === undefined || item.decision === null) return null
  const { row, decision, suspect } = item
  switch (decision.kind) {
    case 'accept':
      return t`Row ${row}: ${suspect.given} became ${suspect.suggested}.`
    case 'label':
      return t`Row ${row}: ${suspect.given} became ${decision.label}.`
    case 'delete':
      return t`Row ${row} was deleted.`
    case 'keep':
      return t`Row ${row}: ${suspect.given} was kept.`
    case 'skip':
      return t`Row ${row} was skipped.`
  }
}

/** What taking back the newest decision did, in a sentence. */
export function saidOfUndo(before: LabelCheck, { items }: LabelCheck): string | null {
  const index = before.order.at(-1)
  const [was, is] = [before.items[index ?? -1], items[index ?? -1]]
  if (was === undefined || is === undefined || was.decision === null) return null
  return isWritten(was.decision)
    ? t`Row ${is.row} is as it was before: ${is.suspect.given}.`
    : t`Row ${is.row} is open again.`
}
