import { listed } from '../shared/counts.ts'
import { UserError } from '../shared/error.ts'
import { t } from '../shared/l10n.ts'
import { LABEL_NAMES, NUMBER_NAMES, nameWords, rankOf, TEXT_NAMES } from './column-names.ts'
import { nearest } from './nearest.ts'
import { looksNumeric } from './numbers.ts'
import type { Table } from './table.ts'

export interface Columns {
  readonly text: string
  readonly label: string
  /** Of a second text, of groups, and of the parts of a split: null where none was named. */
  readonly pair: string | null
  readonly group: string | null
  readonly split: string | null
  /** Which columns were taken and why, in a sentence; null where both were named. */
  readonly found: string | null
}

/** The columns asked for; text and label are found where they are null. */
export interface WantedColumns {
  readonly text: string | null
  readonly label: string | null
  readonly pair?: string | null
  readonly group?: string | null
  readonly split?: string | null
  /** Whether numbers are to be learnt: then the label column is one of numbers. */
  readonly numbers?: boolean
}

/** What the first rows say of a column. */
interface Looks {
  readonly name: string
  /** Cells that are not blank. */
  readonly filled: number
  readonly distinct: number
  /** Characters of a filled cell. */
  readonly meanLength: number
  /** Shares of the filled cells: numbers; more than one word, or a script written without spaces. */
  readonly numbers: number
  readonly prose: number
  /** Whether a column of numbers may look like this, whatever their decimal mark. */
  readonly numeric: boolean
}

const LOOKED_AT = 1000

/**
 * The columns of the text and of the label. A wanted name is taken exactly, else without regard to case. A column
 * that is not named is found by its own name (`column-names.ts`), else by a word of it, else by what the first 1,000
 * rows hold: a label is short and has few distinct values that come again, a text is long and mostly distinct.
 *
 * Throws a UserError where a wanted column does not exist, or where nothing or more than one column fits.
 */
export async function chooseColumns(table: Table, wanted: WantedColumns): Promise<Columns> {
  const asked = (column: string | null | undefined, role: string): string | null =>
    typeof column === 'string' ? named(table, column, role) : null
  const text = asked(wanted.text, t`Text`)
  const label = asked(wanted.label, t`Label`)
  const pair = asked(wanted.pair, t`Second text`)
  const group = asked(wanted.group, t`Group`)
  const split = asked(wanted.split, t`Split`)
  checkDistinct([
    [t`Text`, text],
    [t`Label`, label],
    [t`Second text`, pair],
    [t`Split`, split],
  ])
  // Rows may well be grouped by a text; by the label, no part could hold more than one.
  checkDistinct([
    [t`Label`, label],
    [t`Split`, split],
    [t`Group`, group],
  ])
  const others = { pair, group, split }
  if (text !== null && label !== null) return { text, label, ...others, found: null }
  const taken = [pair, group, split]
  if (table.columns.length < 2) {
    throw new UserError(
      t`${table.path} has one column, "${table.columns[0] ?? ''}": it needs a column of texts and a column of labels`,
    )
  }

  const looks = await look(table)
  // What can be told by name is settled first, so that the other column is not taken for it.
  const [labelNames, fits] = wanted.numbers
    ? ([NUMBER_NAMES, looksLikeNumber] as const)
    : ([LABEL_NAMES, looksLikeLabel] as const)
  const labelByName = label === null ? byName(looks, labelNames, [text, ...taken], fits) : null
  const textByName =
    text === null ? byName(looks, TEXT_NAMES, [label, labelByName, ...taken], looksLikeText) : null
  const textFound =
    text ?? textByName ?? byLooks(table, looks, 'text', [label, labelByName, ...taken], looksLikeText)
  const labelFound =
    label ??
    labelByName ??
    byLooks(table, looks, wanted.numbers ? 'number' : 'label', [textFound, ...taken], fits)

  const said: string[] = []
  if (text === null) {
    said.push(
      textByName
        ? t`text from column "${textFound}" (by its name)`
        : t`text from column "${textFound}" (its values are long and mostly distinct)`,
    )
  }
  if (label === null) {
    said.push(labelSaid(labelFound, labelByName !== null, wanted.numbers === true))
  }
  const [first = '', second] = said
  const sentence = second === undefined ? first : t`${first}, ${second}`
  return {
    text: textFound,
    label: labelFound,
    ...others,
    found: t`${`${sentence[0]?.toUpperCase()}${sentence.slice(1)}`}.`,
  }
}

function labelSaid(column: string, byName: boolean, numbers: boolean): string {
  if (numbers)
    return byName
      ? t`numbers from column "${column}" (by its name)`
      : t`numbers from column "${column}" (no other holds numbers)`
  return byName
    ? t`label from column "${column}" (by its name)`
    : t`label from column "${column}" (its values are few, short and come again)`
}

function checkDistinct(named: readonly (readonly [role: string, column: string | null])[]): void {
  for (const [i, [role, column]] of named.entries()) {
    const [other] = named.find(([, second], j) => j > i && column !== null && second === column) ?? []
    if (other !== undefined)
      throw new UserError(
        t`${role} and ${other} both name the column "${column ?? ''}": name two different columns`,
        'usage',
      )
  }
}

function named(table: Table, wanted: string, role: string): string {
  if (table.columns.includes(wanted)) return wanted
  const folded = table.columns.filter((column) => column.toLowerCase() === wanted.trim().toLowerCase())
  if (folded.length === 1 && folded[0] !== undefined) return folded[0]
  const near = nearest(wanted, table.columns)
  throw new UserError(
    near === null
      ? t`${role} "${wanted}": ${table.path} has no such column; it has ${quoted(table.columns)}`
      : t`${role} "${wanted}": ${table.path} has no such column; did you mean "${near}"? it has ${quoted(table.columns)}`,
    'usage',
  )
}

const quoted = (names: readonly string[]): string => {
  const shown = names.slice(0, 20).map((name) => `"${name}"`)
  if (names.length > 20) shown.push(t`${names.length - 20} more`)
  return listed(shown)
}

async function look(table: Table): Promise<Looks[]> {
  const cells: string[][] = table.columns.map(() => [])
  for await (const row of table.rows()) {
    if (row.row > LOOKED_AT) break
    for (const [i, cell] of row.cells.entries()) {
      const trimmed = cell.trim()
      if (trimmed !== '') cells[i]?.push(trimmed)
    }
  }
  return table.columns.map((name, i) => {
    const filled = cells[i] ?? []
    const share = (is: (cell: string) => boolean) => filled.filter(is).length / Math.max(1, filled.length)
    return {
      name,
      filled: filled.length,
      distinct: new Set(filled).size,
      meanLength: filled.reduce((sum, cell) => sum + cell.length, 0) / Math.max(1, filled.length),
      numbers: share((cell) => Number.isFinite(Number(cell))),
      prose: share((cell) =>
        /\S\s+\S|[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]{2}/u.test(cell),
      ),
      numeric: looksNumeric(filled),
    }
  })
}

const looksLikeNumber = (column: Looks): boolean => column.numeric && column.distinct >= 2

const looksLikeLabel = (column: Looks): boolean =>
  column.distinct >= 2 && column.distinct <= Math.min(500, column.filled / 2) && column.meanLength <= 40

const looksLikeText = (column: Looks): boolean =>
  column.distinct > column.filled / 2 && column.numbers < 0.5 && column.prose >= 0.5

/**
 * A column whose name says what it is. Of equally good names those are taken whose values look right; two of them
 * are no answer. A column with one of the plainest names is taken whatever it
 * holds: what is wrong with it is said later.
 */
function byName(
  looks: readonly Looks[],
  names: readonly (readonly string[])[],
  taken: readonly (string | null)[],
  fits: (column: Looks) => boolean,
): string | null {
  const free = looks.filter((column) => !taken.includes(column.name))
  const ranked = free.filter((column) => rankOf(column.name, names) >= 0)
  const fitting = ranked.filter(fits)
  const chosen = fitting.length > 0 ? fitting : ranked.filter((column) => rankOf(column.name, names) < 4)
  const best = Math.min(...chosen.map((column) => rankOf(column.name, names)))
  const equals = chosen.filter((column) => rankOf(column.name, names) === best)
  if (equals.length > 0) return equals.length === 1 ? (equals[0]?.name ?? null) : null
  const byWord = free.filter(
    (column) => fits(column) && nameWords(column.name).some((w) => rankOf(w, names) >= 0),
  )
  return byWord.length === 1 ? (byWord[0]?.name ?? null) : null
}

type Sought = 'text' | 'label' | 'number'

const nameOf = (what: Sought): string => (what === 'text' ? t`text` : what === 'label' ? t`label` : t`number`)

function looksOf(what: Sought): string {
  if (what === 'text') return t`long, mostly distinct values`
  return what === 'label' ? t`few short values that come again` : t`numbers, two different ones at least`
}

function byLooks(
  table: Table,
  looks: readonly Looks[],
  what: Sought,
  taken: readonly (string | null)[],
  fits: (column: Looks) => boolean,
): string {
  const free = looks.filter((column) => !taken.includes(column.name))
  const fitting = free.filter(fits).sort((a, b) => b.meanLength - a.meanLength)
  const [first, second] = fitting
  if (first && (!second || (what === 'text' && first.meanLength >= 2 * second.meanLength))) return first.name
  if (first && second) {
    throw new UserError(
      t`${table.path}: ${quoted(fitting.map((column) => column.name))} all look like the ${nameOf(what)}; choose one of them`,
    )
  }
  const [only] = free
  if (what === 'label' && only && free.length === 1) {
    throw new UserError(
      only.numeric
        ? t`${table.path}: column "${only.name}" has ${only.distinct} distinct values in the first ${only.filled} filled rows and does not look like a label; if it is, choose it, or predict its numbers`
        : t`${table.path}: column "${only.name}" has ${only.distinct} distinct values in the first ${only.filled} filled rows and does not look like a label; if it is, choose it`,
    )
  }
  throw new UserError(
    t`${table.path}: no column looks like the ${nameOf(what)} (${looksOf(what)}); choose the columns of text and label; it has ${quoted(table.columns)}`,
  )
}
