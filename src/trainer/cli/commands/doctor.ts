import { t } from '../../../shared/l10n.ts'
import { type Command, EXIT } from '../command.ts'
import { examine } from '../doctor.ts'
import { table } from '../format.ts'
import { print, printJson } from '../standard.ts'

export const doctor: Command = {
  summary: t`show versions, devices, memory and folders, and what would go wrong`,
  synopsis: '',
  about: t`Looks at all that a run depends on and says what would go wrong. Changes nothing. What it
prints is what to send along with a question. Exits 1 where something would go wrong.`,
  required: [],
  optional: [],
  options: {},
  optionHelp: [],
  examples: ['finesse doctor'],
  async run({ flags }) {
    const findings = await examine()
    const problems = findings.filter(({ problem }) => problem !== null)
    if (flags.has('json')) for (const finding of findings) await printJson(finding)
    else {
      await print(
        table(
          findings.map(({ name, value }) => [findingName(name), value]),
          [1],
        ),
      )
      await print(
        problems.length === 0
          ? `\n${t`Nothing would go wrong.`}\n`
          : `\n${problems.map(({ name, problem }) => `${t`${findingName(name)}: ${problem ?? ''}`}\n`).join('')}`,
      )
    }
    return problems.length === 0 ? EXIT.done : EXIT.failed
  },
}

/** With `--json` names stay what programs know them by. */
const findingName = (name: string): string =>
  new Map([
    ['system', t`system`],
    ['processor', t`processor`],
    ['memory', t`memory`],
    ['runs', t`runs`],
    ['cache of models', t`cache of models`],
    ['state', t`state`],
    ['temporary files', t`temporary files`],
    ['model hub', t`model hub`],
  ]).get(name) ?? name
