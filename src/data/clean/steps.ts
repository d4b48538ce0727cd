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
 * time than in proportion to the text.
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
} as const satisfies Readonly<Record<string, readonly Edit[]>>

export type TextStep = keyof typeof TEXT_STEPS

/** Steps that leave rows out, after the text steps, in this order. Test rows are never left out by them. */
export type RowStep = 'missing_label' | 'empty' | 'duplicates'
export type Step = TextStep | RowStep

/** All steps in the order in which they are done, with what a person is told. */
export const STEPS: Readonly<Record<Step, { readonly what: string; readonly usual: boolean }>> = {
  nfc: { what: 'one form for letters with accents (Unicode NFC)', usual: true },
  control: { what: 'control characters and others that nobody sees are taken out', usual: true },
  urls: { what: 'web addresses become [URL]', usual: false },
  emails: { what: 'e-mail addresses become [EMAIL]', usual: false },
  html: { what: 'HTML tags and comments become a space', usual: false },
  entities: { what: 'common HTML entities (&amp; and 24 more) become their characters', usual: false },
  whitespace: { what: 'any run of white space becomes one space, none at the ends', usual: true },
  missing_label: { what: 'rows without a label are left out', usual: true },
  empty: { what: 'rows whose text is empty, or becomes so, are left out', usual: true },
  duplicates: { what: 'of rows with equal text and label the first stays', usual: false },
}

export const isTextStep = (step: Step): step is TextStep => Object.hasOwn(TEXT_STEPS, step)
export const isStep = (name: string): name is Step => Object.hasOwn(STEPS, name)
export const ALL_STEPS: readonly Step[] = Object.keys(STEPS).filter(isStep)
