import type { Step } from '../../shared/clean-steps.ts'
import type { Edit } from './edit.ts'

/** What has the property White_Space in Unicode, inside a class. */
const SPACE = '\\u0009-\\u000d \\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000'

/**
 * Characters that nobody sees: control characters but for white space, soft hyphen, zero-width space, marks and
 * embeddings of direction, word joiner, byte order mark. Joiners (U+200C, U+200D) stay: Persian, Hindi and emoji are
 * written with them.
 */
const UNSEEN =
  '[\\u0000-\\u0008\\u000e-\\u001f\\u007f-\\u0084\\u0086-\\u009f\\u00ad\\u200b\\u200e\\u200f\\u202a-\\u202e\\u2060-\\u2064\\u2066-\\u2069\\ufeff]'

/** Of RFC 3986, ASCII alone: in Chinese no space stands behind an address. */
const URL_END = 'A-Za-z0-9\\-_~/#@$&*+=%'
const URL = `${URL_END}.:?!'()\\[\\],;`

const letters = (word: string): string => [...word].map((c) => `[${c}${c.toUpperCase()}]`).join('')

const pattern = (source: string, by: string): Edit => ({ kind: 'pattern', pattern: source, by })
const text = (from: string, by: string): Edit => ({ kind: 'text', text: from, by })

/** Entities that are decoded, `&amp;` last, so that `&amp;lt;` becomes `&lt;`. Any other stays as it is written. */
const ENTITIES: readonly (readonly [entity: string, character: string])[] = [
  ['&nbsp;', ' '],
  ['&#160;', ' '],
  ['&lt;', '<'],
  ['&gt;', '>'],
  ['&quot;', '"'],
  ['&#34;', '"'],
  ['&apos;', "'"],
  ['&#39;', "'"],
  ['&#039;', "'"],
  ['&#x27;', "'"],
  ['&#x2F;', '/'],
  ['&lsquo;', '\u2018'],
  ['&rsquo;', '\u2019'],
  ['&#8217;', '\u2019'],
  ['&ldquo;', '\u201c'],
  ['&rdquo;', '\u201d'],
  ['&ndash;', '\u2013'],
  ['&mdash;', '\u2014'],
  ['&hellip;', '\u2026'],
  ['&euro;', '\u20ac'],
  ['&pound;', '\u00a3'],
  ['&copy;', '\u00a9'],
  ['&reg;', '\u00ae'],
  ['&#38;', '&'],
  ['&amp;', '&'],
]

/**
 * The steps that change texts, in the order in which they are done: addresses before tags, as they stand inside of
 * these; entities after them, as what is decoded is text. Each does nothing to what it has made, and none takes more
 * time than in proportion to the text. Steps that leave rows out come after them (`rows.ts`).
 */
export const TEXT_STEPS = {
  nfc: [{ kind: 'nfc' }],
  control: [pattern(UNSEEN, '')],
  urls: [
    pattern(
      `(?:${letters('http')}[sS]?|${letters('ftp')})://[${URL}]*[${URL_END}]|(?<![A-Za-z0-9])${letters('www')}\\.[${URL}]*[${URL_END}]`,
      '[URL]',
    ),
  ],
  emails: [
    pattern(
      '(?<![A-Za-z0-9._%+\\-])[A-Za-z0-9._%+\\-]+@[A-Za-z0-9\\-]+(?:\\.[A-Za-z0-9\\-]+)*\\.[A-Za-z]+',
      '[EMAIL]',
    ),
  ],
  html: [
    ...['script', 'style'].map((name) =>
      pattern(`<${letters(name)}(?:[${SPACE}][^<>]*)?>[^<]*</${letters(name)}[${SPACE}]*>`, ' '),
    ),
    pattern(`<![A-Za-z][^<>]*>`, ' '),
    pattern(`</?[A-Za-z][A-Za-z0-9\\-]*(?::[A-Za-z][A-Za-z0-9\\-]*)?(?:[${SPACE}/][^<>]*)?>`, ' '),
    pattern('<!--[^<>]*-->', ' '),
  ],
  entities: ENTITIES.map(([entity, character]) => text(entity, character)),
  whitespace: [pattern(`[${SPACE}]+`, ' '), pattern('^ | $', '')],
} as const satisfies Readonly<Partial<Record<Step, readonly Edit[]>>>

export type TextStep = keyof typeof TEXT_STEPS

export const isTextStep = (step: Step): step is TextStep => Object.hasOwn(TEXT_STEPS, step)
