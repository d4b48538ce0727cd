import fc from 'fast-check'
import type { Encoding } from '../../../src/data/encoding.ts'
import { encode } from '../encode.ts'

/** A file with columns text, label and extra, as somebody might have written it. */
export interface RandomFile {
  readonly name: string
  readonly bytes: Buffer
  readonly encoding: Encoding
  readonly rows: readonly (readonly string[])[]
}

/** Letters that tell each encoding, so that it is found; 亅 and 丂 end in bytes that are ASCII's in GB18030. */
const LETTERS: Readonly<Record<Encoding, readonly string[]>> = {
  'utf-8': ['é', '中', '😀', '\u2028'],
  'utf-16le': ['é', '中', '😀', 'ऊ', 'Ċ'],
  'utf-16be': ['é', '中', '😀', '∊', 'Ċ'],
  gb18030: ['的', '一', '是', '在', '不', '了', '我', '有', '这', '上', '亅', '😀', '丂'],
  'windows-1252': ['é', 'ü', 'à', 'ñ', '’'],
}

const MARKS: Readonly<Record<Encoding, boolean>> = {
  'utf-8': true,
  'utf-16le': true,
  'utf-16be': true,
  gb18030: true,
  'windows-1252': false,
}

export const LABELS = [
  'spam',
  'ham',
  'a,b',
  'x;y|z',
  'tab\there',
  'say "so"',
  '"',
  'two\nlines',
  'back\\slash',
  'naïve',
  '很好',
  '😀',
  '42',
]

const encoding = fc.constantFrom<Encoding>('utf-8', 'utf-16le', 'utf-16be', 'gb18030', 'windows-1252')

const rowsIn = (letters: readonly string[]) => {
  const chars = [...'abcdefgh e,;|\t"{}[]:', '\n', '\r\n', '\\', ...letters, ...letters]
  const cell = fc.array(fc.constantFrom(...chars), { maxLength: 14 }).map((some) => `w${some.join('')}`)
  const label = fc.constantFrom('spam', 'ham', 'good news', 'a,b', 'say "so"', `w${letters[0] ?? ''}`)
  return fc.array(fc.tuple(cell, label, cell), { minLength: 2, maxLength: 9 })
}

const kinds = fc.constantFrom('csv', 'jsonl', 'json')

/** Random tables in random writing; `blanks`, `pads` and `keys` are the freedom that each format leaves. */
export const randomFile: fc.Arbitrary<RandomFile> = fc
  .tuple(encoding, kinds, fc.boolean())
  .chain(([encoding, kind, wantsMark]) =>
    fc
      .record({
        rows: rowsIn(LETTERS[encoding]),
        delimiter: fc.constantFrom(',', '\t', ';', '|'),
        lineBreak: fc.constantFrom('\n', '\r\n', ...(kind === 'csv' ? ['\r'] : [])),
        lastBreak: fc.boolean(),
        choices: fc.infiniteStream(fc.nat(7)),
      })
      .map(({ rows, delimiter, lineBreak, lastBreak, choices }) => {
        const next = (): number => choices.next().value ?? 0
        const mark = MARKS[encoding] && (wantsMark || encoding.startsWith('utf-16')) ? '\ufeff' : ''
        const write = { csv: csvText, jsonl: lineText, json: arrayText }[kind]
        const text = write(rows, { delimiter, lineBreak, lastBreak, next })
        return {
          name: `table.${kind === 'csv' && delimiter === '\t' ? 'tsv' : kind}`,
          bytes: encode(mark + text, encoding),
          encoding,
          rows,
        }
      }),
  )

interface Writing {
  readonly delimiter: string
  readonly lineBreak: string
  readonly lastBreak: boolean
  readonly next: () => number
}

function csvText(
  rows: readonly (readonly string[])[],
  { delimiter, lineBreak, lastBreak, next }: Writing,
): string {
  const cell = (value: string): string =>
    next() < 3 || value.includes(delimiter) || /["\r\n]/.test(value)
      ? `"${value.replaceAll('"', '""')}"`
      : value
  const records = [['text', 'label', 'extra'], ...rows].map((cells) => cells.map(cell).join(delimiter))
  return (
    records
      .map((record) => record + lineBreak + (next() === 0 ? lineBreak : ''))
      .join('')
      .trimEnd() + (lastBreak ? lineBreak : '')
  )
}

const space = (next: () => number): string => ['', '', '', ' ', '  ', '', '\t', ''][next()] ?? ''

function objectText([text = '', label = '', extra = '']: readonly string[], next: () => number): string {
  const string = (value: string): string =>
    next() < 2 ? JSON.stringify(value).replaceAll('e', '\\u0065') : JSON.stringify(value)
  const pairs = [
    ['text', string(text)],
    ['label', string(label)],
    ['extra', string(extra)],
    ['more', '{"label": ["}", {"label": 1}]}'],
  ]
  if (next() < 3) pairs.reverse()
  // Of a key that stands twice the last counts.
  if (next() < 2) pairs.unshift(['label', '"older"'])
  const written = pairs.map(
    ([key, value]) => `${space(next)}"${key}"${space(next)}:${space(next)}${value}${space(next)}`,
  )
  return `{${written.join(',')}}`
}

const lineText = (rows: readonly (readonly string[])[], { lineBreak, lastBreak, next }: Writing): string =>
  rows
    .map((row) => space(next) + objectText(row, next) + space(next))
    .join(next() === 0 ? lineBreak + lineBreak : lineBreak) + (lastBreak ? lineBreak : '')

const arrayText = (rows: readonly (readonly string[])[], { lineBreak, lastBreak, next }: Writing): string => {
  const gap = (): string => (next() < 4 ? `${lineBreak}  ` : space(next))
  const objects = rows.map(
    (row, i) => gap() + objectText(row, next) + gap() + (i < rows.length - 1 ? ',' : ''),
  )
  return `[${objects.join('')}]${lastBreak ? lineBreak : ''}`
}
