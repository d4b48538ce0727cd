import { closeSync, fsyncSync, openSync, realpathSync, rmSync } from 'node:fs'
import { rename, systemReason, writeAll } from '../../../data/atomic-write.ts'
import { chooseSteps } from '../../../data/clean/choose.ts'
import {
  type CleanedColumns,
  type CleanedRow,
  cleanTable,
  createShowcase,
} from '../../../data/clean/table.ts'
import { chooseColumns } from '../../../data/columns.ts'
import { objectsOf } from '../../../data/objects.ts'
import { openTable, type Table } from '../../../data/table.ts'
import { delimitedRecord, type OutputFormat, outputFormat } from '../../../data/write-table.ts'
import { ALL_STEPS, CLEAN_STEPS, type Step } from '../../../shared/clean-steps.ts'
import { rowCount } from '../../../shared/counts.ts'
import { UserError } from '../../../shared/error.ts'
import { t, translate } from '../../../shared/l10n.ts'
import type { Command } from '../command.ts'
import { EXIT } from '../command.ts'
import { cut, table as textTable } from '../format.ts'
import { wordAt } from '../run-references.ts'
import { print, printJson } from '../standard.ts'

const SHOWN = 10

export const clean: Command = {
  summary: t`clean the texts of a file and write it anew, or show what would change`,
  synopsis: 'FILE -o FILE | FILE --dry-run  [--clean STEPS]',
  about: t`Does to the texts of FILE what a training does to them before the model reads them, and
writes all its columns to another file (CSV, TSV or JSONL, in UTF-8). A training cleans
by itself (--clean there): this is for looking, and for files that go elsewhere.

Steps (* by default)
${ALL_STEPS.map((step) => `  ${CLEAN_STEPS[step].usual ? '*' : ' '} ${step.padEnd(14)} ${translate(CLEAN_STEPS[step].what)}`).join('\n')}`,
  required: ['FILE'],
  optional: [],
  options: {
    out: 'value',
    dry_run: 'flag',
    clean: 'value',
    text: 'value',
    text_pair: 'value',
    label: 'value',
  },
  optionHelp: [
    ['-o, --out FILE', t`the file to write`],
    ['--dry-run', t`write nothing: show ${SHOWN} rows before and after`],
    ['--clean STEPS', t`default, none, all, names, no-NAME, with commas (default)`],
    ['--text COL', t`column of the texts (else found)`],
    ['--text-pair COL', t`column of a second text`],
    ['--label COL', t`column of the labels (else found)`],
  ],
  examples: [
    'finesse clean reviews.csv --dry-run --clean default,html,urls',
    'finesse clean reviews.csv -o reviews-clean.csv --clean all',
  ],
  async run({ words, values, flags }) {
    const steps = chooseSteps(values.get('clean') ?? 'default')
    const out = values.get('out') ?? null
    const dry = flags.has('dry_run')
    if ((out === null) !== dry)
      throw new UserError(
        t`finesse clean: say where to write with -o FILE, or --dry-run to look first`,
        'usage',
      )
    const table = await openTable(wordAt(words, 0))
    const format = out === null ? null : outputFormat(out, table.format)
    const { columns, found } = await columnsOf(table, values)
    const tally = createTally(steps)
    const showcase = createShowcase(SHOWN)
    const rows = watched(cleanTable(table, columns, steps), (row) => {
      tally.see(row)
      showcase.see(row)
    })
    if (out !== null && format !== null) await write(out, format, table, columns, rows)
    else for await (const _ of rows);
    const shown = dry ? showcase.shown() : []
    if (flags.has('json'))
      await printJson({ file: table.path, out, ...tally.counts(), shown: shown.map(plain) })
    else await print(report(table, out, found, tally.counts(), shown))
    return EXIT.done
  },
}

async function columnsOf(
  table: Table,
  values: ReadonlyMap<string, string>,
): Promise<{ columns: CleanedColumns; found: string | null }> {
  const [text = null, label = null, pair = null] = ['text', 'label', 'text_pair'].map(
    (name) => values.get(name) ?? null,
  )
  const [only] = table.columns
  if (only !== undefined && table.columns.length === 1 && (text ?? only) === only && label === null)
    return { columns: { texts: [only], label: null }, found: null }
  try {
    const chosen = await chooseColumns(table, { text, label, pair })
    const texts = chosen.pair === null ? [chosen.text] : [chosen.text, chosen.pair]
    return { columns: { texts, label: chosen.label }, found: chosen.found }
  } catch (error) {
    // Texts can be cleaned without labels; where the text was named, a label that is not found is none.
    if (!(error instanceof UserError) || text === null || label !== null || pair !== null) throw error
    if (!table.columns.includes(text)) throw error
    return {
      columns: { texts: [text], label: null },
      found: t`No column of labels was found: missing_label and duplicates do nothing.`,
    }
  }
}

async function* watched<T>(rows: AsyncIterable<T>, see: (row: T) => void): AsyncGenerator<T> {
  for await (const row of rows) {
    see(row)
    yield row
  }
}

interface Counts {
  readonly rows: number
  readonly kept: number
  /** Rows with more cells than columns, which are lost. */
  readonly cut: number
  /** Rows that each step changed or left out. */
  readonly steps: Readonly<Record<string, number>>
}

function createTally(steps: readonly Step[]): { see(row: CleanedRow): void; counts(): Counts } {
  const counts = new Map<Step, number>(steps.map((step) => [step, 0]))
  let [rows, kept, cutRows] = [0, 0, 0]
  return {
    see({ changed, left, width, cells }) {
      rows++
      if (left === null) kept++
      if (width > cells.length) cutRows++
      for (const step of left === null ? changed : [...changed, left])
        counts.set(step, (counts.get(step) ?? 0) + 1)
    },
    counts: () => ({ rows, kept, cut: cutRows, steps: Object.fromEntries(counts) }),
  }
}

async function write(
  out: string,
  format: OutputFormat,
  table: Table,
  columns: CleanedColumns,
  rows: AsyncIterable<CleanedRow>,
): Promise<void> {
  if (real(out) === real(table.path))
    throw new UserError(t`-o ${out}: is the file that is read; name another`, 'usage')
  const temporary = `${out}.${process.pid}.tmp`
  try {
    rmSync(temporary, { force: true })
    const fd = openSync(temporary, 'wx')
    try {
      let waiting = ''
      const put = (text: string): void => {
        waiting += text
        if (waiting.length > 1 << 16) flush()
      }
      const flush = (): void => {
        writeAll(fd, Buffer.from(waiting))
        waiting = ''
      }
      if (format.kind === 'delimited') {
        if (format.bom) put('\ufeff')
        if (format.header) put(delimitedRecord(table.columns, format.delimiter))
        for await (const { cells, left } of rows)
          if (left === null) put(delimitedRecord(cells, format.delimiter))
      } else {
        for await (const line of jsonLines(table, columns, rows)) put(line)
      }
      flush()
      fsyncSync(fd)
    } finally {
      closeSync(fd)
    }
    rename(temporary, out)
  } catch (error) {
    rmSync(temporary, { force: true })
    const reason = systemReason(error)
    if (reason === null || error instanceof UserError) throw error
    throw new UserError(t`-o ${out}: cannot be written: ${reason}`)
  }
}

/** Where the file read is JSON, all values but the texts stay what they are. */
async function* jsonLines(
  table: Table,
  { texts }: CleanedColumns,
  rows: AsyncIterable<CleanedRow>,
): AsyncGenerator<string> {
  const isJson = table.format.kind === 'jsonl' || table.format.kind === 'json'
  const objects = isJson ? objectsOf(table) : null
  for await (const { cells, left, before, after } of rows) {
    const next = await objects?.next()
    if (left !== null) continue
    const object: Record<string, unknown> =
      next && next.done !== true
        ? next.value
        : Object.fromEntries(table.columns.map((name, i) => [name, cells[i] ?? '']))
    const changed = texts.flatMap((name, i) => (before[i] === after[i] ? [] : [[name, after[i]] as const]))
    yield `${JSON.stringify({ ...object, ...Object.fromEntries(changed) })}\n`
  }
}

/** The file that a path leads to, by links or not; the path itself where there is none yet. */
function real(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    return path
  }
}

const plain = ({ row, changed, left, before, after }: CleanedRow) => ({ row, changed, left, before, after })

function report(
  { path }: Table,
  out: string | null,
  found: string | null,
  { rows, kept, cut: cutRows, steps }: Counts,
  shown: readonly CleanedRow[],
): string {
  const table = textTable(
    [
      [t`step`, t`rows`, ''],
      ...ALL_STEPS.flatMap((step) =>
        Object.hasOwn(steps, step) ? [[step, String(steps[step]), translate(CLEAN_STEPS[step].what)]] : [],
      ),
    ],
    [2],
  )
  return [
    ...(found === null ? [] : [`${found}\n`]),
    ...shown.map(beforeAndAfter),
    Object.keys(steps).length === 0 ? `${t`No steps.`}\n` : table,
    ...(cutRows > 0
      ? [
          `${t`${rowCount(cutRows)} with more cells than columns: what is beyond the last column is not written.`}\n`,
        ]
      : []),
    out === null
      ? `${t`${path}: ${rowCount(rows)}, of which ${kept} would stay. Nothing was written.`}\n`
      : `${t`${out}: ${kept} of ${rowCount(rows)} of ${path} written.`}\n`,
  ].join('\n')
}

function beforeAndAfter({ row, changed, left, before, after }: CleanedRow): string {
  const what = [...changed, ...(left === null ? [] : [t`left out: ${left}`])].join(', ')
  const lines = before.flatMap((text, i) => {
    const made = after[i] ?? ''
    if (text === made) return left === null ? [] : [`    ${part(text, 0)}`]
    const from = firstDifference(text, made)
    return [`  - ${part(text, from)}`, `  + ${part(made, from)}`]
  })
  return `${t`Row ${row}: ${what}`}\n${lines.join('\n')}\n`
}

/** What stands around the first difference, with what nobody sees written out. */
const part = (text: string, from: number): string => {
  const begin = Math.max(0, from - 30)
  const visible = `${begin > 0 ? '…' : ''}${text.slice(begin, begin + 200)}`.replace(
    /[\p{C}\p{Zl}\p{Zp}]/gu,
    (character) =>
      ({ '\n': '\\n', '\r': '\\r', '\t': '\\t' })[character] ??
      `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  )
  return `"${cut(visible, 100)}"`
}

const firstDifference = (a: string, b: string): number => {
  let at = 0
  while (at < a.length && a[at] === b[at]) at++
  return at
}
