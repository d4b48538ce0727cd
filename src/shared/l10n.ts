/** English sentences, with `{0}` for each value, to those of another language. */
export type Translations = Readonly<Record<string, string>>

let translations: Translations = {}

/** Called once, before the first text is shown. */
export const useTranslations = (given: Translations): void => {
  translations = given
}

/** A text that is data, as of a table, in the language in use; its English form is the key. */
export const translate = (text: string): string =>
  Object.hasOwn(translations, text) ? (translations[text] ?? text) : text

/** A count with its thousands apart, as everywhere. */
export const grouped = (count: number): string => count.toLocaleString('en-US')

const written = (value: string | number): string =>
  typeof value === 'number' && Number.isInteger(value) ? grouped(value) : String(value)

/**
 * A text for a person, in the language in use: t`${rows} rows without a label`. Its English form, `{0} rows without
 * a label`, is the key in l10n/bundle.l10n.zh-cn.json; what has no translation stays English. Whole numbers are
 * counts and have their thousands apart; one that is a name, as a seed, is given as text.
 */
export const t = (strings: TemplateStringsArray, ...values: readonly (string | number)[]): string => {
  const text = translate(strings.reduce((key, part, i) => `${key}{${i - 1}}${part}`))
  return text.replace(/\{(\d+)\}/g, (hole, i) => written(values[Number(i)] ?? hole))
}
