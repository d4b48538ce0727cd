import * as v from 'valibot'
import { aboutOption, defaultOf, type OptionName, RunOptions } from './config.ts'
import { t, translate } from './l10n.ts'

export const accepts = (name: OptionName, value: unknown): boolean =>
  v.safeParse(RunOptions.entries[name], value).success

/**
 * A text as the value that an option's schema takes: itself, else the truth value or number that it writes.
 * undefined: the option takes no such value.
 */
export function optionValue(name: OptionName, text: string): unknown {
  if (text !== '' && accepts(name, text)) return text
  if (accepts(name, true) && (text === 'true' || text === 'false')) return text === 'true'
  const number = text.trim() === '' ? Number.NaN : Number(text)
  return Number.isFinite(number) && accepts(name, number) ? number : undefined
}

/** What a form shows for a value; nothing for none. */
export const textOf = (value: unknown): string => (value === null || value === undefined ? '' : String(value))

/** What is wrong with what was typed for an option; null: nothing, an empty text being the default. */
export const typedProblem = (name: OptionName, text: string): string | null =>
  text === '' || text === textOf(defaultOf(name)) || optionValue(name, text) !== undefined
    ? null
    : t`Must be ${translate(aboutOption(name).allowed)}.`
