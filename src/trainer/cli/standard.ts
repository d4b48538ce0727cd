import { relative, sep } from 'node:path'
import { t } from '../../shared/l10n.ts'
import { EXIT } from './command.ts'

/** Writes to standard output; waits while its reader is behind, so that a stream of any length needs no memory. */
export function print(text: string): Promise<void> {
  return new Promise((resolve) => {
    if (process.stdout.write(text)) resolve()
    else process.stdout.once('drain', resolve)
  })
}

export const printJson = (value: unknown): Promise<void> => print(`${JSON.stringify(value)}\n`)

let onBrokenPipe: () => void = () => process.exit(EXIT.done)

/** A reader that has gone (`| head`) is no failure. Commands that have something to save say what to do then. */
export function endOnBrokenPipe(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
    onBrokenPipe()
  })
}

/**
 * Calls `work` with a signal that the first Ctrl-C gives (or SIGTERM, or a reader of standard output that has
 * gone); a second one ends the process at once.
 */
export async function interruptible<T>(
  say: (line: string) => void,
  work: (stop: AbortSignal) => Promise<T>,
): Promise<T> {
  const stop = new AbortController()
  const interrupt = (): void => {
    if (stop.signal.aborted) process.exit(EXIT.interrupted)
    stop.abort()
    say(t`Stopping after this step, then saving. Press Ctrl-C again to stop at once.`)
  }
  process.on('SIGINT', interrupt)
  process.on('SIGTERM', interrupt)
  onBrokenPipe = () => stop.abort()
  try {
    return await work(stop.signal)
  } finally {
    process.off('SIGINT', interrupt)
    process.off('SIGTERM', interrupt)
    onBrokenPipe = () => process.exit(EXIT.done)
  }
}

/** A path as a person would write it from here. */
export function fromHere(path: string): string {
  const near = relative(process.cwd(), path)
  return near === '' || near === '..' || near.startsWith(`..${sep}`) ? path : near
}

/** The words that call a command again in this shell; built in a clone, `finesse` is not in the path. */
export function callAgain(command: string, ...words: readonly string[]): string {
  const script = process.argv[1] ?? ''
  const here = fromHere(script)
  const name = here !== script && here.endsWith('cli.js') ? ['node', here] : ['finesse']
  return [...name, command, ...words].map(quoted).join(' ')
}

/** Double quotes mean the same in the usual shells of all systems. */
const quoted = (word: string): string =>
  /^[\w@%+=:,./\\~-]+$/.test(word) ? word : `"${word.replaceAll('"', '\\"')}"`
