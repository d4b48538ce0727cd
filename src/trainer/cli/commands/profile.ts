import { chooseColumns } from '../../../data/columns.ts'
import { encodingName } from '../../../data/encoding.ts'
import { profile as profileOf } from '../../../data/profile.ts'
import { openTable } from '../../../data/table.ts'
import { UserError } from '../../../shared/error.ts'
import type { Profile, RowCount } from '../../../shared/profile.ts'
import type { Command } from '../command.ts'
import { EXIT } from '../command.ts'
import { count, shorten, table } from '../format.ts'
import { resolveOptions } from '../options.ts'
import { wordAt } from '../run-references.ts'
import { print, printJson } from '../standard.ts'

export const profile: Command = {
  summary: 'show what a file holds, before training on it',
  synopsis: 'FILE [--text COL] [--label COL] [--model ID|FOLDER|RUN] [options]',
  about: `Shows rows, labels and their counts, text lengths in the model's tokens, and what is
doubtful: empty cells, duplicates, equal texts with different labels. Changes nothing.`,
  required: ['FILE'],
  optional: [],
  options: { text: 'value', text_pair: 'value', label: 'value', model: 'value', max_length: 'value' },
  optionHelp: [
    ['--text COL', 'column of the texts (else found)'],
    ['--text-pair COL', 'column of a second text; lengths are then of both together'],
    ['--label COL', 'column of the labels (else found)'],
    ['--model ID|FOLDER|RUN', 'model whose tokens are counted (the embedded one)'],
    ['--max-length N', 'tokens of a text that training would read (as training decides)'],
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
    const result = await profileOf(file, columns, {
      countTokens: (text) => tokenizer.encode(text, Number.MAX_SAFE_INTEGER).length,
      limit: lengthLimit(resolveOptions({ flags: maxLength, set: [], config: null }), tokenizer),
    })
    if (result.rows === 0)
      throw new UserError(`${file.path} has no rows below its header; add rows with a text and a label`)
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
  const delimiter =
    format.kind === 'csv' && format.delimiter !== ',' ? `, delimiter "${format.delimiter}"` : ''
  const header = (format.kind === 'csv' || format.kind === 'tsv') && !format.header ? ', no header' : ''
  const encoding =
    format.encoding === null || format.encoding === 'utf-8' ? '' : `, ${encodingName(format.encoding)}`
  return `${path}: ${kind}${delimiter}${header}${encoding}, ${count(rows, 'row')}, of which ${usable.toLocaleString('en-US')} have a text and a label`
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
  const rest = labels.length > shown.length ? `and ${labels.length - shown.length} more\n` : ''
  return `${count(labels.length, 'label')}\n${table(shown, [3])}${rest}`.trimEnd()
}

function lengthLine({ lengths, longest, usable }: Profile): string {
  if (lengths.sampled === 0) return ''
  const drawn =
    lengths.sampled < usable
      ? ` (measured on ${lengths.sampled.toLocaleString('en-US')} texts drawn at random, the same each time)`
      : ''
  const line = `Length of a text in ${lengths.unit}: median ${lengths.median}, 95 % up to ${lengths.p95}, longest ${lengths.max}${drawn}${cutText(lengths)}`
  return longest.characters < HUGE
    ? line
    : `${line}\nRow ${longest.row} has a text of ${longest.characters.toLocaleString('en-US')} characters: see that it is one text, as a quote may be missing.`
}

/** What training would not read, unless by `--long`. */
function cutText({ cut, sampled }: Profile['lengths']): string {
  if (cut === undefined || cut.texts === 0) return ''
  return `\n${cut.texts.toLocaleString('en-US')} of ${count(sampled, 'text')} are longer than the ${cut.limit} tokens that training reads; ${(100 * cut.share).toFixed(1)} % of all tokens lie beyond (--max-length, --long)`
}

/** Characters of a text that is hardly one. */
const HUGE = 100_000

/** What a person may want to look at, a line each with the first rows and what to do; said also where there is nothing. */
function doubts(profile: Profile): string {
  const { duplicates, conflicts, compared } = profile
  const lines: string[] = []
  const add = (what: string, { count: rows, rows: first }: RowCount, todo: string): void => {
    if (rows > 0) lines.push(`${count(rows, 'row')} ${what} (${someOf(first, rows)}): ${todo}.`)
  }
  const estimated = compared < 1 ? ', estimated' : ''
  add('without a text, left out', profile.empty_texts, 'fill it, or leave it so')
  add('without a label, left out', profile.missing_labels, 'fill it, or leave it so')
  add('with too few cells, the others empty', profile.short_rows, 'see that no delimiter is missing')
  add(
    'with too many cells, the last ones left out',
    profile.long_rows,
    'put a text that holds the delimiter in quotes',
  )
  add(
    'with text behind a closing quote',
    profile.stray_quotes,
    'write a quote inside a quoted cell twice, and close each',
  )
  for (const alike of profile.label_variants.slice(0, 5)) {
    const names = alike.map(({ label, rows }) => `"${shorten(label, 40)}" (${rows})`)
    lines.push(
      `${names.join(' and ')} differ only in how they are written: write them alike if they are one label.`,
    )
  }
  if (profile.label_variants.length > 5)
    lines.push(
      `${profile.label_variants.length - 5} more groups of labels differ only in how they are written.`,
    )
  if (duplicates.rows > 0) {
    const examples = duplicates.examples.slice(0, 3).map((rows) => rows.slice(0, 4).join(' = '))
    lines.push(
      `${count(duplicates.rows, 'row')} ${duplicates.rows === 1 ? 'repeats' : 'repeat'} an earlier text and label${estimated} (rows ${examples.join(', ')}): they stay together when rows are divided.`,
    )
  }
  if (conflicts.texts > 0) {
    const examples = conflicts.examples
      .slice(0, 3)
      .map((rows) => rows.slice(0, 3).map(({ row, label }) => `${row} (${shorten(label, 20)})`))
    lines.push(
      `${count(conflicts.texts, 'text')} with different labels${estimated} (rows ${examples.map((rows) => rows.join(' and ')).join(', ')}): decide which is right.`,
    )
  }
  if (compared < 1)
    lines.push(
      `Equal texts were looked for among 1 of ${Math.round(1 / compared)} texts, drawn at random, to keep memory small.`,
    )
  if (lines.length === 0) return 'No empty cells, no duplicates, no conflicting labels.'
  return lines.join('\n')
}

const someOf = (rows: readonly number[], all: number): string =>
  `${all === 1 ? 'row' : 'rows'} ${rows.join(', ')}${all > rows.length ? ', ...' : ''}`
