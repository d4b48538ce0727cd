import { nearest } from '../../data/nearest.ts'
import { UserError } from '../../shared/error.ts'
import { t } from '../../shared/l10n.ts'
import { version } from '../version.ts'
import { parseArguments } from './arguments.ts'
import { EXIT, type Exit } from './command.ts'
import { COMMANDS } from './commands.ts'
import { commandHelp, overview } from './help.ts'
import { endOnBrokenPipe, print } from './standard.ts'

/**
 * Runs the words of a command line and gives the exit code. The one place in which an error becomes words: a
 * UserError is its one line on standard error; anything else is a defect and shows its stack.
 */
export async function main(words: readonly string[]): Promise<Exit> {
  endOnBrokenPipe()
  try {
    return await dispatch(words)
  } catch (error) {
    if (error instanceof UserError) {
      process.stderr.write(`finesse: ${error.message.replaceAll(/\s*\n\s*/g, ' ')}\n`)
      return EXIT[error.kind]
    }
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`)
    process.stderr.write(
      `${t`finesse ${version} (Node ${process.version}, ${process.platform}-${process.arch}): this is a defect; please report it with the lines above.`}\n`,
    )
    return EXIT.failed
  }
}

async function dispatch([name, ...rest]: readonly string[]): Promise<Exit> {
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    const asked = rest[0] === undefined ? undefined : COMMANDS.get(rest[0])
    await print(
      asked === undefined || rest[0] === undefined ? overview(COMMANDS) : commandHelp(rest[0], asked),
    )
    return name === undefined ? EXIT.usage : EXIT.done
  }
  if (name === '--version' || name === '-v') {
    await print(`${version}\n`)
    return EXIT.done
  }
  const command = COMMANDS.get(name)
  if (command === undefined) {
    const near = nearest(name, [...COMMANDS.keys()])
    const hint = near === null ? t`see finesse --help` : t`did you mean finesse ${near}?`
    throw new UserError(t`no command ${name}; ${hint}`, 'usage')
  }
  const args = parseArguments(name, command, rest)
  if (args.flags.has('help')) {
    await print(commandHelp(name, command))
    return EXIT.done
  }
  return command.run(args)
}
