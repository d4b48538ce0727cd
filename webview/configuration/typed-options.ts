import { defaultOf, isOptionName, OPTION_NAMES, type OptionName } from '../../src/shared/config.ts'
import { optionValue, textOf, typedProblem } from '../../src/shared/option-text.ts'
import type { Roles, SomeOptions } from '../../src/shared/page.ts'

/** Runs of a series have a record of their own, which a panel does not show: for them there is the command line. */
const OF_SERIES: readonly OptionName[] = ['folds', 'fold', 'repeats']

export const isInForm = (name: OptionName): boolean => !OF_SERIES.includes(name)

/** What differs from the defaults, of what was typed and of the columns; what is not valid is left out. */
export function optionsOf(typed: Readonly<Record<string, string>>, roles: Roles | null): SomeOptions {
  const options: Record<string, unknown> = {}
  for (const [name, column] of Object.entries(roles ?? {})) if (column !== null) options[name] = column
  for (const name of OPTION_NAMES) {
    const text = typed[name] ?? ''
    if (text === '' || text === textOf(defaultOf(name)) || !isInForm(name)) continue
    const value = optionValue(name, text)
    if (value !== undefined) options[name] = value
  }
  return options
}

/** Options whose text is not valid. */
export const wrongOptions = (typed: Readonly<Record<string, string>>): readonly OptionName[] =>
  Object.entries(typed).flatMap(([name, text]) =>
    isOptionName(name) && typedProblem(name, text) !== null ? [name] : [],
  )

/** The texts that a form shows for options; those of columns are no texts. */
export const typedOf = (options: SomeOptions): Record<string, string> =>
  Object.fromEntries(
    Object.entries(options).flatMap(([name, value]) =>
      isOptionName(name) && !isRoleName(name) ? [[name, textOf(value)] as const] : [],
    ),
  )

const ROLE_NAMES = ['text', 'label', 'text_pair', 'group', 'split_column']
const isRoleName = (name: string): boolean => ROLE_NAMES.includes(name)
