import { parseArgs } from 'node:util'
import { nearest } from '../../data/nearest.ts'
import { joined } from '../../shared/counts.ts'
import { UserError } from '../../shared/error.ts'
import { t } from '../../shared/l10n.ts'

/** How an option of a command is written. `many` may be given again and again. */
export type OptionKind = 'flag' | 'value' | 'many'

/** What a command takes. Options are named as in `run.json`, with underscores. */
export interface Usage {
  readonly options: Readonly<Record<string, OptionKind>>
  /** Names of the words that are not options, in order. */
  readonly required: readonly string[]
  readonly optional: readonly string[]
  /** The last of the words may be followed by more of its kind. */
  readonly rest?: boolean
}

export interface Arguments {
  /** The words, as many as `required` and then `optional` ones, or with `rest` more. */
  readonly words: readonly string[]
  readonly values: ReadonlyMap<string, string>
  readonly many: ReadonlyMap<string, readonly string[]>
  readonly flags: ReadonlySet<string>
}

/** Every command takes these. */
const COMMON: Readonly<Record<string, OptionKind>> = { help: 'flag', json: 'flag' }

const key = (name: string): string => name.replaceAll('-', '_')
const written = (name: string): string => `--${name.replaceAll('_', '-')}`

/**
 * Reads the words after a command. Hyphens and underscores in an option's name are the same. What cannot be
 * meant is a UserError of kind usage, with the nearest option where one was probably meant.
 */
export function parseArguments(command: string, usage: Usage, words: readonly string[]): Arguments {
  const kinds = new Map(Object.entries({ ...usage.options, ...COMMON }))
  const refuse = (problem: string): UserError => new UserError(problem, 'usage')
  const spellings = [...kinds].flatMap(([name, kind]) =>
    [name, name.replaceAll('_', '-')].map((spelling) => [spelling, kind] as const),
  )
  const { tokens } = parseArgs({
    args: [...words],
    options: {
      ...Object.fromEntries(
        spellings.map(([name, kind]) => [name, { type: kind === 'flag' ? 'boolean' : 'string' } as const]),
      ),
      help: { type: 'boolean', short: 'h' },
      ...(kinds.has('out') ? { out: { type: 'string', short: 'o' } as const } : {}),
    },
    strict: false,
    allowPositionals: true,
    tokens: true,
  })

  const found: string[] = []
  const values = new Map<string, string>()
  const many = new Map<string, string[]>()
  const flags = new Set<string>()
  for (const token of tokens) {
    if (token.kind === 'option-terminator') continue
    if (token.kind === 'positional') {
      found.push(token.value)
      continue
    }
    const name = key(token.name)
    const isKnownShort = token.name === 'help' || token.name === 'out'
    const kind = token.rawName.startsWith('--') || isKnownShort ? kinds.get(name) : undefined
    if (kind === undefined) throw unknownOption(token.rawName, command, [...kinds.keys()])
    if (kind === 'flag') {
      if (token.value !== undefined)
        throw refuse(t`${written(name)} takes no value; leave out =${token.value}`)
      flags.add(name)
      continue
    }
    const { value, inlineValue } = token
    if (value === undefined || (inlineValue === false && /^--?[a-z]/i.test(value)))
      throw refuse(t`${written(name)}: a value is missing after it; see finesse ${command} --help`)
    if (kind === 'many') many.set(name, [...(many.get(name) ?? []), value])
    else if (values.has(name)) throw refuse(t`${written(name)} is given twice; say it once`)
    else values.set(name, value)
  }

  if (!flags.has('help')) {
    const missing = usage.required[found.length]
    if (missing !== undefined)
      throw refuse(t`finesse ${command}: ${missing} is missing; see finesse ${command} --help`)
    const most = usage.required.length + usage.optional.length
    if (found.length > most && usage.rest !== true)
      throw refuse(
        most === 0
          ? t`finesse ${command} takes no words; what is ${found[most] ?? ''}? Put a name with spaces in quotes`
          : t`finesse ${command} takes ${joined([...usage.required, ...usage.optional])}; what is ${found[most] ?? ''}? Put a name with spaces in quotes`,
      )
  }
  return { words: found, values, many, flags }
}

function unknownOption(raw: string, command: string, names: readonly string[]): UserError {
  const near = nearest(key(raw.replace(/^-+/, '')), names)
  const hint = near === null ? t`see finesse ${command} --help` : t`did you mean ${written(near)}?`
  return new UserError(t`${raw}: finesse ${command} has no such option; ${hint}`, 'usage')
}
