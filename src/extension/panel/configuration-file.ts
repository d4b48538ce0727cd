import { basename, dirname, extname, join } from 'node:path'
import { isOptionName } from '../../shared/config.ts'
import { t } from '../../shared/l10n.ts'
import { accepts } from '../../shared/option-text.ts'
import type { SomeOptions } from '../../shared/page.ts'

/** Beside a data file, where its options are kept: `reviews.csv` has `reviews.finesse.json`. */
export const configurationPath = (dataFile: string): string =>
  join(dirname(dataFile), `${basename(dataFile, extname(dataFile))}.finesse.json`)

/** As `finesse train --config` reads it. */
export const configurationText = (options: SomeOptions): string => `${JSON.stringify(options, null, 2)}\n`

/** The options that a configuration file holds; what is wrong with it, in a line, with those that are right. */
export function readConfiguration(
  name: string,
  text: string,
): { options: SomeOptions; problem: string | null } {
  let value: unknown
  try {
    value = JSON.parse(text.replace(/^\ufeff/, ''))
  } catch {
    return { options: {}, problem: t`${name} is not JSON: correct it, or remove it.` }
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return { options: {}, problem: t`${name} must hold an object, as {"epochs": 3}.` }
  const good: Record<string, unknown> = {}
  const wrong: string[] = []
  for (const [key, one] of Object.entries(value)) {
    if (isOptionName(key) && accepts(key, one)) good[key] = one
    else wrong.push(`"${key}"`)
  }
  return {
    options: good,
    problem:
      wrong.length === 0
        ? null
        : t`${name}: not taken, as there is no such option or value: ${wrong.join(', ')}.`,
  }
}
