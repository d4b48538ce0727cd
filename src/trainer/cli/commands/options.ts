import { aboutOption, defaultOf, OPTION_NAMES, type OptionName } from '../../../shared/config.ts'
import { t, translate } from '../../../shared/l10n.ts'
import { OPTION_GROUPS } from '../../../shared/option.ts'
import { type Command, EXIT } from '../command.ts'
import { table } from '../format.ts'
import { flag, knownOption, namesByGroup, optionHelp, toldOption } from '../options.ts'
import { print, printJson } from '../standard.ts'

export const options: Command = {
  summary: t`list all options of a training, or explain one`,
  synopsis: '[OPTION]',
  about: t`Lists the options that finesse train takes, each with its default; with OPTION, says what it does,
what it may be, and why its default is what it is. docs/options.md has the same.`,
  required: [],
  optional: ['OPTION'],
  options: {},
  optionHelp: [],
  examples: ['finesse options', 'finesse options warmup'],
  async run({ words: [word], flags }) {
    const asked = word === undefined ? null : knownOption(word.replace(/^-+/, ''), word)
    if (flags.has('json')) for (const name of asked ? [asked] : OPTION_NAMES) await printJson(facts(name))
    else await print(asked ? explained(asked) : list())
    return EXIT.done
  },
}

const facts = (name: OptionName): object => {
  const { allowed, meaning, reason } = toldOption(name)
  return { name, group: aboutOption(name).group, default: defaultOf(name), allowed, meaning, reason }
}

const list = (): string =>
  [...namesByGroup()]
    .map(([group, names]) => {
      const lines = table(
        optionHelp(names).map(([option, short]) => [option, short]),
        [1],
      )
      return `${translate(OPTION_GROUPS[group])}\n${lines.replaceAll(/^(?=.)/gm, '  ')}`
    })
    .join('\n')

const explained = (name: OptionName): string => {
  const { value, allowed, meaning, reason } = toldOption(name)
  const fallback = defaultOf(name)
  return `${`${flag(name)} ${value}`.trimEnd()}
${meaning}
${t`It may be ${allowed}.`}
${fallback === null ? t`Default: none. ${reason}` : t`Default: ${String(fallback)}. ${reason}`}
`
}
