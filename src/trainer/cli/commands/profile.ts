import { chooseColumns } from '../../../data/columns.ts'
import { encodingName } from '../../../data/encoding.ts'
import { findGroupColumn } from '../../../data/group-column.ts'
import { inTurns } from '../../../data/near/in-turns.ts'
import { createNearLook } from '../../../data/near/look.ts'
import { profile as profileOf } from '../../../data/profile.ts'
import { openTable } from '../../../data/table.ts'
import { joined, listed, rowCount, rowsNamed } from '../../../shared/counts.ts'
import { UserError } from '../../../shared/error.ts'
import { t } from '../../../shared/l10n.ts'
import type { Profile, RowCount } from '../../../shared/profile.ts'
import type { Command } from '../command.ts'
import { EXIT } from '../command.ts'
import { shorten, table } from '../format.ts'
import { resolveOptions } from '../options.ts'
import { wordAt } from '../run-references.ts'
import { print, printJson } from '../standard.ts'

export const profile: Command = {
  summary: t`show what a file holds, before training on it`,
  synopsis: t`FILE [--text COL] [--label COL] [--model ID|FOLDER|RUN] [options]`,
  about: t`Shows rows, labels and their counts, text lengths in the model's tokens, and what is
doubtful: empty cells, duplicates and near duplicates, different labels of such texts.
Changes nothing.`,
  required: ['FILE'],
  optional: [],
  options: { text: 'value', text_pair: 'value', label: 'value', model: 'value', max_length: 'value' },
  optionHelp: [
    ['--text COL', t`column of the texts (else found)`],
    ['--text-pair COL', t`column of a second text; lengths are then of both together`],
    ['--label COL', t`column of the labels (else found)`],
    ['--model ID|FOLDER|RUN', t`model whose tokens are counted (the embedded one)`],
    ['--max-length N', t`tokens of a text that training would read (as training decides)`],
  ],
  examples: ['finesse profile reviews.csv', 'finesse profile messages.tsv --text body --label spam'],
  async run({ words, values, flags }) {
    const file = await openTable(wordAt(words, 0))
    const wanted = {
      text: values.get('text') ?? null,
      pair: values.get('text_pair') ?? null,
      label: values.get('label') ?? null,
    }
    const columns = await chooseColumns(file, wanted)
    const { locateModel } = await import('../../text/locate.ts')
    const { openTokenizer } = await import('../../text/open-tokenizer.ts')
    const { lengthLimit } = await import('../../training/defaults.ts')
    const asked = values.get('max_length')
    const maxLength = new Map(asked === undefined ? [] : [['max_length', asked]])
    const tokenizer = openTokenizer((await locateModel(values.get('model') ?? 'embedded')).folder)
    const near = createNearLook()
    const read = await profileOf(file, columns, {
      near,
      countTokens: (text) => tokenizer.encode(text, Number.MAX_SAFE_INTEGER).length,
      limit: lengthLimit(resolveOptions({ flags: maxLength, set: [], config: null }), tokenizer),
    })
    const group = await findGroupColumn(file, [columns.text, columns.label, columns.pair])
    const result: Profile = {
      ...read,
      near: await inTurns(near.find()),
      ...(group === null ? {} : { group_column: group }),
    }
    if (result.rows === 0)
      throw new UserError(t`${file.path} has no rows below its header; add rows with a text and a label`)
    if (flags.has('json')) await printJson(result)
    else await print(profileText(result, [...file.said, ...(columns.found === null ? [] : [columns.found])]))
    return EXIT.done
  },
}

const KINDS = { csv: 'CSV', tsv: 'TSV', jsonl: 'JSONL', json: 'JSON', xlsx: 'Excel', parquet: 'Parquet' }

/** Labels shown of a file with many. */
const MOST_LABELS = 30

function profileText(profile: Profile, said: readonly string[]): string {
  const parts = [
    [headline(profile), ...said].join('\n'),
    labelTable(profile),
    lengthLine(profile),
    doubts(profile),
  ]
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`
}

function headline({ path, format, rows, usable }: Profile): string {
  const kind = KINDS[format.kind]
  const read = [kind]
  if (format.kind === 'csv' && format.delimiter !== null && format.delimiter !== ',')
    read.push(t`delimiter "${format.delimiter}"`)
  if ((format.kind === 'csv' || format.kind === 'tsv') && !format.header) read.push(t`no header`)
  if (format.encoding !== null && format.encoding !== 'utf-8') read.push(encodingName(format.encoding))
  return t`${path}: ${listed(read)}, ${rowCount(rows)}, of which ${usable} have a text and a label`
}

function labelTable({ labels, usable }: Profile): string {
  const most = Math.max(1, ...labels.map(({ rows }) => rows))
  const shown = labels
    .slice(0, MOST_LABELS)
    .map(({ label, rows }) => [
      shorten(label, 40),
      String(rows),
      `${((100 * rows) / usable).toFixed(1)} %`,
      '█'.repeat(Math.max(1, Math.round((20 * rows) / most))),
    ])
  const rest = labels.length > shown.length ? `${t`and ${labels.length - shown.length} more`}\n` : ''
  return `${labelCount(labels.length)}\n${table(shown, [3])}${rest}`.trimEnd()
}

function lengthLine({ lengths, longest, usable }: Profile): string {
  if (lengths.sampled === 0) return ''
  const unit = lengths.unit === 'tokens' ? t`tokens` : t`characters`
  const { median, p95, max, sampled } = lengths
  const line =
    sampled < usable
      ? t`Length of a text in ${unit}: median ${median}, 95 % up to ${p95}, longest ${max} (measured on ${sampled} texts drawn at random, the same each time)`
      : t`Length of a text in ${unit}: median ${median}, 95 % up to ${p95}, longest ${max}`
  const lines = [line, ...cutText(lengths)]
  if (longest.characters >= HUGE)
    lines.push(
      t`Row ${longest.row} has a text of ${longest.characters} characters: see that it is one text, as a quote may be missing.`,
    )
  return lines.join('\n')
}

/** What training would not read, unless by `--long`. */
function cutText({ cut, sampled }: Profile['lengths']): readonly string[] {
  if (cut === undefined || cut.texts === 0) return []
  const percent = (100 * cut.share).toFixed(1)
  return [
    t`${cut.texts} of ${textCount(sampled)} are longer than the ${cut.limit} tokens that training reads; ${percent} % of all tokens lie beyond (--max-length, --long)`,
  ]
}

/** Characters of a text that is hardly one. */
const HUGE = 100_000

/** What a person may want to look at, a line each with the first rows and what to do; said also where there is nothing. */
function doubts(profile: Profile): string {
  const { duplicates, conflicts, compared } = profile
  const lines: string[] = []
  const add = (
    { count: rows, rows: first }: RowCount,
    say: (rows: string, which: string) => string,
  ): void => {
    if (rows > 0) lines.push(say(rowCount(rows), rowsNamed(rows, first)))
  }
  add(
    profile.empty_texts,
    (rows, which) => t`${rows} without a text, left out (${which}): fill it, or leave it so.`,
  )
  add(
    profile.missing_labels,
    (rows, which) => t`${rows} without a label, left out (${which}): fill it, or leave it so.`,
  )
  add(
    profile.short_rows,
    (rows, which) =>
      t`${rows} with too few cells, the others empty (${which}): see that no delimiter is missing.`,
  )
  add(
    profile.long_rows,
    (rows, which) =>
      t`${rows} with too many cells, the last ones left out (${which}): put a text that holds the delimiter in quotes.`,
  )
  add(
    profile.stray_quotes,
    (rows, which) =>
      t`${rows} with text behind a closing quote (${which}): write a quote inside a quoted cell twice, and close each.`,
  )
  for (const alike of profile.label_variants.slice(0, 5)) {
    const names = alike.map(({ label, rows }) => `"${shorten(label, 40)}" (${rows})`)
    lines.push(
      t`${joined(names)} differ only in how they are written: write them alike if they are one label.`,
    )
  }
  if (profile.label_variants.length > 5)
    lines.push(
      t`${profile.label_variants.length - 5} more groups of labels differ only in how they are written.`,
    )
  if (duplicates.rows > 0) {
    const which = listed(duplicates.examples.slice(0, 3).map((rows) => rows.slice(0, 4).join(' = ')))
    lines.push(repeated(duplicates.rows, which, compared < 1))
  }
  if (conflicts.texts > 0) {
    const which = listed(
      conflicts.examples
        .slice(0, 3)
        .map((rows) => joined(rows.slice(0, 3).map(({ row, label }) => `${row} (${shorten(label, 20)})`))),
    )
    const texts = textCount(conflicts.texts)
    lines.push(
      compared < 1
        ? t`${texts} with different labels, estimated (rows ${which}): decide which is right.`
        : t`${texts} with different labels (rows ${which}): decide which is right.`,
    )
  }
  lines.push(...nearDoubts(profile))
  if (compared < 1)
    lines.push(
      t`Equal texts were looked for among 1 of ${Math.round(1 / compared)} texts, drawn at random, to keep memory small.`,
    )
  if (lines.length === 0) return t`No empty cells, no duplicates, no conflicting labels.`
  return lines.join('\n')
}

/** Nearly equal texts, and a column of groups. */
function nearDoubts({ near, usable, group_column: group }: Profile): readonly string[] {
  const lines: string[] = []
  if (near && near.rows > 0) {
    const which = listed(near.examples.slice(0, 3).map((rows) => rows.slice(0, 4).join(' ≈ ')))
    lines.push(
      t`${rowCount(near.rows)} nearly equal to others (rows ${which}): they stay together when rows are divided, unless near_duplicates says otherwise.`,
    )
  }
  if (near && near.conflicts.rows > 0) {
    const pairs = near.conflicts.examples
      .slice(0, 3)
      .map((rows) => joined(rows.map(({ row, label }) => `${row} (${shorten(label, 20)})`)))
    lines.push(
      t`${rowCount(near.conflicts.rows)} nearly equal to one with another label (rows ${listed(pairs)}): decide which is right.`,
    )
  }
  if (near && near.compared < usable)
    lines.push(
      t`Nearly equal texts were looked for among the first ${near.compared} rows, to keep memory small.`,
    )
  if (group !== undefined)
    lines.push(
      t`Column "${group}" looks like groups, whose rows may stand in two parts of the split; to keep each in one, choose it as the group.`,
    )
  return lines
}

function repeated(count: number, which: string, estimated: boolean): string {
  const rows = rowCount(count)
  if (count === 1)
    return estimated
      ? t`${rows} repeats an earlier text and label, estimated (rows ${which}): they stay together when rows are divided.`
      : t`${rows} repeats an earlier text and label (rows ${which}): they stay together when rows are divided.`
  return estimated
    ? t`${rows} repeat an earlier text and label, estimated (rows ${which}): they stay together when rows are divided.`
    : t`${rows} repeat an earlier text and label (rows ${which}): they stay together when rows are divided.`
}

const labelCount = (count: number): string => (count === 1 ? t`${count} label` : t`${count} labels`)
const textCount = (count: number): string => (count === 1 ? t`${count} text` : t`${count} texts`)
