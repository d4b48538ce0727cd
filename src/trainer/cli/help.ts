import { t } from '../../shared/l10n.ts'
import { version } from '../version.ts'
import type { Command } from './command.ts'
import { table } from './format.ts'

export function overview(commands: ReadonlyMap<string, Command>): string {
  const examples = ['train', 'predict', 'runs'].flatMap(
    (name) => commands.get(name)?.examples.slice(0, 1) ?? [],
  )
  return `${t`Finesse ${version}: fine-tunes pretrained models on your own labelled files.`}

${t`Usage: finesse COMMAND ...`}

${t`Commands`}
${indented(
  table(
    [...commands].map(([name, { summary }]) => [name, summary]),
    [1],
  ),
)}
${t`Examples`}
${examples.map((line) => `  ${line}\n`).join('')}
${t`finesse COMMAND --help says more of a command. --json makes its output one JSON object a line.`}
${t`Exit codes: 0 done, 1 failed, 2 wrong usage, 3 refused without --force, 130 interrupted.`}
`
}

export function commandHelp(name: string, command: Command): string {
  const options = [...command.optionHelp, ['--json', t`one JSON object a line on standard output`] as const]
  return `${t`Usage: finesse ${name} ${command.synopsis}`}

${command.about}

${t`Options`}
${indented(
  table(
    options.map(([option, what]) => [option, what]),
    [1],
  ),
)}
${t`Examples`}
${command.examples.map((line) => `  ${line}\n`).join('')}`
}

const indented = (text: string): string => text.replaceAll(/^(?=.)/gm, '  ')
