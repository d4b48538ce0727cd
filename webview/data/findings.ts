import { t } from '../../src/shared/l10n.ts'
import type { NamedPart } from '../../src/shared/named-leaks.ts'
import type { Profile, RowCount } from '../../src/shared/profile.ts'
import { count } from '../parts/numbers.ts'

/** Something of the rows that a person may want to look at. */
export interface Finding {
  /** What, and how many. */
  readonly what: string
  /** What it means, or what to do. */
  readonly advice: string
  /** The first rows of it. */
  readonly rows: readonly number[]
  /** The file named for validation or test that they are of; else they are of the file that is shown. */
  readonly named?: {
    readonly part: NamedPart
    readonly name: string
    /** Where a row begins; null: the editor can't open the file as text. */
    readonly lines: ReadonlyMap<number, number | null>
  }
  /**
   * What one button can do about it: keep near duplicates together, leave them out of training, or keep the groups of a
   * column together.
   */
  readonly mend?: 'together' | 'drop' | { readonly group: string }
}

const SHOWN_ROWS = 6
/** Characters of a text that is hardly one. */
const HUGE = 100_000
const SHOWN_VARIANTS = 5

/**
 * What is doubtful in a file, what leaves rows out first.
 *
 * @param nearDuplicates the option, as chosen
 */
export function findingsOf(profile: Profile, nearDuplicates: string): Finding[] {
  const { duplicates, conflicts, compared, longest } = profile
  const found: Finding[] = []
  const add = ({ count: all, rows }: RowCount, what: (rows: string) => string, advice: string): void => {
    if (all > 0) found.push({ what: what(count(all)), advice, rows: rows.slice(0, SHOWN_ROWS) })
  }
  add(profile.empty_texts, (rows) => t`Rows without a text: ${rows}`, t`They are left out.`)
  add(profile.missing_labels, (rows) => t`Rows without a label: ${rows}`, t`They are left out.`)
  if (conflicts.texts > 0)
    found.push({
      what: t`Equal texts with different labels: ${conflicts.texts}`,
      advice: t`Decide which label is right.`,
      rows: conflicts.examples.flatMap((rows) => rows.map(({ row }) => row)).slice(0, SHOWN_ROWS),
    })
  if (duplicates.rows > 0)
    found.push({
      what: t`Rows that repeat an earlier one: ${duplicates.rows}`,
      advice: t`They stay together when rows are divided.`,
      rows: duplicates.examples.flat().slice(0, SHOWN_ROWS),
    })
  found.push(...nearFindings(profile, nearDuplicates))
  for (const alike of profile.label_variants.slice(0, SHOWN_VARIANTS))
    found.push({
      what: t`Labels written in different ways: ${alike.map(({ label, rows }) => `${label} (${rows})`).join(', ')}`,
      advice: t`Write them alike if they are one label.`,
      rows: [],
    })
  add(
    profile.short_rows,
    (rows) => t`Rows with too few cells: ${rows}`,
    t`The missing ones are empty: see that no delimiter is missing.`,
  )
  add(
    profile.long_rows,
    (rows) => t`Rows with too many cells: ${rows}`,
    t`The last ones are left out: put a text that holds the delimiter in quotes.`,
  )
  add(
    profile.stray_quotes,
    (rows) => t`Rows with text behind a closing quote: ${rows}`,
    t`Write a quote inside a quoted cell twice, and close each.`,
  )
  if (longest.characters >= HUGE)
    found.push({
      what: t`A text of ${longest.characters} characters`,
      advice: t`See that it is one text: a quote may be missing.`,
      rows: [longest.row],
    })
  if (compared < 1)
    found.push({
      what: t`Equal texts were looked for among 1 of ${count(Math.round(1 / compared))} texts`,
      advice: t`Their numbers are estimates.`,
      rows: [],
    })
  return found
}

function nearFindings({ near, usable, group_column: group }: Profile, asked: string): Finding[] {
  const found: Finding[] = []
  if (near && near.conflicts.rows > 0)
    found.push({
      what: t`Nearly equal texts with different labels: ${near.conflicts.rows}`,
      advice: t`Decide which label is right.`,
      rows: near.conflicts.examples.flatMap((rows) => rows.map(({ row }) => row)).slice(0, SHOWN_ROWS),
    })
  if (near && near.rows > 0)
    found.push({
      what: t`Rows nearly equal to another: ${near.rows}`,
      advice:
        asked === 'keep'
          ? t`They may stand in training and in the test, which flatters the scores.`
          : t`They stay together when rows are divided.`,
      rows: near.examples.flat().slice(0, SHOWN_ROWS),
      ...(asked === 'keep' ? { mend: 'together' as const } : {}),
    })
  if (near && near.compared < usable)
    found.push({
      what: t`Nearly equal texts were looked for among the first ${count(near.compared)} rows`,
      advice: t`Training compares all.`,
      rows: [],
    })
  if (group !== undefined)
    found.push({
      what: t`Column "${group}" looks like groups`,
      advice: t`Rows of one group may stand in training and in the test, which flatters the scores.`,
      rows: [],
      mend: { group },
    })
  return found
}
