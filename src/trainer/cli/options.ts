import { readFileSync } from 'node:fs'
import * as v from 'valibot'
import { systemReason } from '../../data/atomic-write.ts'
import { nearest } from '../../data/nearest.ts'
import {
  aboutOption,
  defaultOf,
  isOptionName,
  OPTION_NAMES,
  type OptionName,
  RunOptions,
} from '../../shared/config.ts'
import { UserError } from '../../shared/error.ts'
import { t, translate } from '../../shared/l10n.ts'
import { GROUPS, type OptionAbout, type OptionGroup } from '../../shared/option.ts'
import { accepts, optionValue } from '../../shared/option-text.ts'

/** What a person is told of an option, in their language. */
export function toldOption(
  name: OptionName,
): Pick<OptionAbout, 'value' | 'short' | 'allowed' | 'meaning' | 'reason'> {
  const { value, short, allowed, meaning, reason } = aboutOption(name)
  return {
    value,
    short: translate(short),
    allowed: translate(allowed),
    meaning: translate(meaning),
    reason: translate(reason),
  }
}

/** Every option with its line of help, those of a group together. */
export const optionHelp = (names: readonly OptionName[]): readonly (readonly [string, string])[] =>
  names.map((name) => {
    const { value, short } = toldOption(name)
    const fallback = defaultOf(name)
    return [`${flag(name)} ${value}`.trimEnd(), fallback === null ? short : t`${short} (${String(fallback)})`]
  })

/** The names of options in the order in which a person meets them: group by group. No group is empty. */
export const namesByGroup = (): ReadonlyMap<OptionGroup, readonly OptionName[]> =>
  new Map(
    GROUPS.map(
      (group) => [group, OPTION_NAMES.filter((name) => aboutOption(name).group === group)] as const,
    ).filter(([, names]) => names.length > 0),
  )

/** The name of an option as a flag. */
export const flag = (key: string): string => `--${key.replaceAll('_', '-')}`

/** What the command line says of a run's options. */
export interface Given {
  /** By option, from flags. */
  readonly flags: ReadonlyMap<string, string>
  /** `key=value` of every `--set`. */
  readonly set: readonly string[]
  readonly config: string | null
}

/** Flags count most, then `--set`, then the configuration file, then the defaults. */
export function resolveOptions({ flags, set, config }: Given): RunOptions {
  const values: Partial<Record<OptionName, unknown>> = {}
  if (config !== null) {
    for (const [name, value] of Object.entries(readConfig(config))) {
      const key = knownOption(name, `${config}: ${name}`)
      if (!accepts(key, value)) throw wrong(`${config}: ${name}`, JSON.stringify(value), key)
      values[key] = value
    }
  }
  for (const assignment of set) {
    const [name = '', ...rest] = assignment.split('=')
    if (rest.length === 0)
      throw new UserError(t`--set ${assignment}: write it as key=value, for example --set epochs=3`, 'usage')
    const key = knownOption(name, `--set ${name}`)
    values[key] = typed(key, rest.join('='), `--set ${name}`)
  }
  for (const [name, text] of flags) if (isOptionName(name)) values[name] = typed(name, text, flag(name))
  return v.parse(RunOptions, values)
}

function readConfig(path: string): object {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    const reason = systemReason(error)
    if (reason === null) throw error
    throw new UserError(t`--config ${path}: cannot be read: ${reason}`)
  }
  let value: unknown
  try {
    value = JSON.parse(text.replace(/^\ufeff/, ''))
  } catch (error) {
    const where = error instanceof SyntaxError ? ` (${error.message.replaceAll(/\s+/g, ' ')})` : ''
    throw new UserError(t`--config ${path}: not JSON${where}; write it as {"epochs": 3, "batch": 16}`)
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new UserError(t`--config ${path}: must be an object, for example {"epochs": 3, "batch": 16}`)
  return value
}

export function knownOption(name: string, where: string): OptionName {
  const key = name.trim().replaceAll('-', '_')
  if (isOptionName(key)) return key
  const near = nearest(key, OPTION_NAMES)
  const hint = near === null ? t`options are ${OPTION_NAMES.join(', ')}` : t`did you mean ${near}?`
  throw new UserError(t`${where}: no such option; ${hint}`, 'usage')
}

/** A word of the command line as a value of the option. */
function typed(key: OptionName, text: string, where: string): unknown {
  const value = optionValue(key, text)
  if (value === undefined) throw wrong(where, text === '' ? '""' : text, key)
  return value
}

const wrong = (where: string, value: string, key: OptionName): UserError =>
  new UserError(t`${where} ${value}: must be ${toldOption(key).allowed}`, 'usage')
