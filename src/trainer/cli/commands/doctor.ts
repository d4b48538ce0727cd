import { type Command, EXIT } from '../command.ts'
import { examine } from '../doctor.ts'
import { table } from '../format.ts'
import { print, printJson } from '../standard.ts'

export const doctor: Command = {
  summary: 'show versions, devices, memory and folders, and what would go wrong',
  synopsis: '',
  about: `Looks at all that a run depends on and says what would go wrong. Changes nothing. What it
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
          findings.map(({ name, value }) => [name, value]),
          [1],
        ),
      )
      await print(
        problems.length === 0
          ? '\nNothing would go wrong.\n'
          : `\n${problems.map(({ name, problem }) => `${name}: ${problem}\n`).join('')}`,
      )
    }
    return problems.length === 0 ? EXIT.done : EXIT.failed
  },
}
