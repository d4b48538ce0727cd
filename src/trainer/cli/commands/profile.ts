import { chooseColumns } from '../../../data/columns.ts'
import { ENCODING_NAMES } from '../../../data/encoding.ts'
import { readExamples } from '../../../data/examples.ts'
import { profile as profileOf } from '../../../data/profile.ts'
import { openTable } from '../../../data/table.ts'
import { UserError } from '../../../shared/error.ts'
import type { Profile, RowCount } from '../../../shared/profile.ts'
import type { Command } from '../command.ts'
import { EXIT } from '../command.ts'
import { count, shorten, table } from '../format.ts'
import { wordAt } from '../run-references.ts'
import { print, printJson } from '../standard.ts'

export const profile: Command = {
  summary: 'show what a file holds, before training on it',
  synopsis: 'FILE [--text COL] [--label COL] [--model ID|FOLDER|RUN]',
  about: `Shows rows, labels and their counts, text lengths in the model's tokens, and what is
doubtful: empty cells, duplicates, equal texts with different labels. Changes nothing.`,
  required: ['FILE'],
  optional: [],
  options: { text: 'value', label: 'value', model: 'value' },
  optionHelp: [
    ['--text COL', 'column of the texts (else found)'],
    ['--label COL', 'column of the labels (else found)'],
    ['--model ID|FOLDER|RUN', 'model whose tokens are counted (the embedded one)'],
  ],
  examples: ['finesse profile reviews.csv', 'finesse profile messages.tsv --text body --label spam'],
  async run({ words, values, flags }) {
    const file = await openTable(wordAt(words, 0))
    const wanted = { text: values.get('text') ?? null, label: values.get('label') ?? null }
    const columns = await chooseColumns(file, wanted)
    const examples = await readExamples(file, columns)
    if (examples.rows === 0)
      throw new UserError(`${file.path} has no rows below its header; add rows with a text and a label`)
    const { locateModel } = await import('../../text/locate.ts')
    const { openTokenizer } = await import('../../text/open-tokenizer.ts')
    const tokenizer = openTokenizer((await locateModel(values.get('model') ?? 'embedded')).folder)
    const result = profileOf(examples, {
      countTokens: (text) => tokenizer.encode(text, Number.MAX_SAFE_INTEGER).length,
    })
    if (flags.has('json')) await printJson(result)
    else await print(profileText(result, columns.found))
    return EXIT.done
  },
}

const KINDS = { csv: 'CSV', tsv: 'TSV', jsonl: 'JSONL', json: 'JSON', xlsx: 'Excel', parquet: 'Parquet' }

/** Labels shown of a file with many. */
const MOST_LABELS = 30

function profileText(profile: Profile, found: string | null): string {
  const parts = [
    `${headline(profile)}${found === null ? '' : `\n${found}`}`,
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
    format.encoding === null || format.encoding === 'utf-8' ? '' : `, ${ENCODING_NAMES[format.encoding]}`
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

function lengthLine({ lengths, usable }: Profile): string {
  if (lengths.sampled === 0) return ''
  const drawn = lengths.sampled < usable ? ` (of ${lengths.sampled.toLocaleString('en-US')} texts drawn)` : ''
  return `Length of a text in ${lengths.unit}: median ${lengths.median}, 95 % up to ${lengths.p95}, longest ${lengths.max}${drawn}`
}

/** What a person may want to look at, with the first rows of each; said also where there is nothing. */
function doubts(profile: Profile): string {
  const { duplicates, conflicts } = profile
  const found: [string, string][] = []
  const add = (what: string, { count, rows }: RowCount): void => {
    if (count > 0) found.push([`${what}: ${count}`, `rows ${someOf(rows, count)}`])
  }
  add('Rows without a text, left out', profile.empty_texts)
  add('Rows without a label, left out', profile.missing_labels)
  add('Rows with too few cells', profile.short_rows)
  add('Rows with too many cells', profile.long_rows)
  add('Rows with text after a closing quote', profile.stray_quotes)
  if (duplicates.rows > 0)
    found.push([
      `Rows that repeat an earlier text and label: ${duplicates.rows}`,
      `for example rows ${duplicates.examples
        .slice(0, 3)
        .map((rows) => rows.slice(0, 4).join(' = '))
        .join(', ')}`,
    ])
  if (conflicts.texts > 0)
    found.push([
      `Texts with different labels: ${conflicts.texts}`,
      `for example rows ${conflicts.examples
        .slice(0, 3)
        .map((rows) =>
          rows
            .slice(0, 3)
            .map(({ row, label }) => `${row} (${shorten(label, 20)})`)
            .join(' and '),
        )
        .join(', ')}`,
    ])
  if (found.length === 0) return 'No empty cells, no duplicates, no conflicting labels.'
  return table(found, [1]).trimEnd()
}

const someOf = (rows: readonly number[], count: number): string =>
  `${rows.join(', ')}${count > rows.length ? ', ...' : ''}`
