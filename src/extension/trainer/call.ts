import { type StdioOptions, spawn } from 'node:child_process'
import * as v from 'valibot'
import { UserError } from '../../shared/error.ts'
import { ProgressEvent } from '../../shared/events.ts'
import type { TrainerHost } from './launch.ts'
import { environmentOf } from './node-binary.ts'

/**
 * Calls the command line and waits for its end; what it writes to standard output.
 *
 * @param onProgress is told meanwhile how far it is, over a channel of its own
 * @throws UserError with its own line where it refuses
 */
export async function callTrainer(
  words: readonly string[],
  host: TrainerHost,
  cwd: string,
  stop?: AbortSignal,
  onProgress?: (progress: ProgressEvent) => void,
): Promise<string> {
  const node = await host.node()
  const env = { ...environmentOf(node, process.env), ...host.variables() }
  return new Promise((resolve, reject) => {
    const stdio: StdioOptions = [
      'ignore',
      'pipe',
      'pipe',
      ...(onProgress === undefined ? [] : ['ipc' as const]),
    ]
    const child = spawn(node.path, [host.script, ...words], {
      cwd,
      env,
      windowsHide: true,
      signal: stop,
      stdio,
    })
    const out: Buffer[] = []
    const err: Buffer[] = []
    child.stdout?.on('data', (chunk: Buffer) => out.push(chunk))
    child.stderr?.on('data', (chunk: Buffer) => err.push(chunk))
    child.on('message', (message) => {
      const progress = v.safeParse(ProgressEvent, message)
      if (progress.success) onProgress?.(progress.output)
    })
    child.on('error', reject)
    child.on('close', (code) => {
      if (code === 0) return resolve(Buffer.concat(out).toString())
      const stderr = Buffer.concat(err).toString()
      const line = /^finesse: (.+)$/m.exec(stderr)?.[1]
      reject(line === undefined ? new Error(`finesse ${words[0]}: ${code}\n${stderr}`) : new UserError(line))
    })
  })
}
