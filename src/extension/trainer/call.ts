import { execFile } from 'node:child_process'
import { createInterface } from 'node:readline'
import { UserError } from '../../shared/error.ts'
import type { TrainerHost } from './launch.ts'
import { environmentOf } from './node-binary.ts'

/**
 * Calls the command line and waits for its end; what it writes to standard output.
 *
 * @param tell is told each line of that as it comes
 * @throws UserError with its own line where it refuses
 */
export async function callTrainer(
  words: readonly string[],
  host: TrainerHost,
  cwd: string,
  stop?: AbortSignal,
  tell?: (line: string) => void,
): Promise<string> {
  const node = await host.node()
  const env = { ...environmentOf(node, process.env), ...host.variables() }
  return new Promise((resolve, reject) => {
    const child = execFile(
      node.path,
      [host.script, ...words],
      { cwd, env, windowsHide: true, maxBuffer: 1 << 26, signal: stop },
      (error, stdout, stderr) => {
        if (error === null) return resolve(stdout)
        const line = /^finesse: (.+)$/m.exec(stderr)?.[1]
        reject(line === undefined ? new Error(`${error.message}\n${stderr}`) : new UserError(line))
      },
    )
    if (tell && child.stdout) createInterface({ input: child.stdout }).on('line', tell)
  })
}
