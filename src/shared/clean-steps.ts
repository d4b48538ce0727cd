import type { WordList } from './word-list.ts'

/** All steps of cleaning in the order in which they are done, with what a person is told. */
export const CLEAN_STEPS = {
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
} as const satisfies Readonly<Record<string, { readonly what: string; readonly usual: boolean }>>

export type Step = keyof typeof CLEAN_STEPS
export const isStep = (name: string): name is Step => Object.hasOwn(CLEAN_STEPS, name)
export const ALL_STEPS: readonly Step[] = Object.keys(CLEAN_STEPS).filter(isStep)

/** The words of the option `clean`. */
export const CLEAN_WORDS: WordList<Step> = {
  names: ALL_STEPS,
  all: ALL_STEPS,
  usual: ALL_STEPS.filter((step) => CLEAN_STEPS[step].usual),
}
