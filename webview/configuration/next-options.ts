import { defaultOf, isOptionName, type RunOptions } from '../../src/shared/config.ts'
import { textOf } from '../../src/shared/option-text.ts'
import type { Finding } from '../../src/shared/trust.ts'
import { isInForm, typedOf } from './typed-options.ts'

/** The form's texts for a run like another, but for some options. */
export const nextTyped = (
  options: RunOptions,
  { change }: Pick<Finding, 'change'>,
): Record<string, string> => {
  const asked = typedOf(options)
  return Object.fromEntries(
    Object.entries({ ...asked, ...mapped(change) }).filter(
      ([name, text]) => isOptionName(name) && isInForm(name) && text !== textOf(defaultOf(name)),
    ),
  )
}

const mapped = (change: Finding['change']): Record<string, string> =>
  Object.fromEntries(Object.entries(change).map(([name, value]) => [name, textOf(value)]))
