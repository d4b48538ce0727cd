import { randomUUID } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import type { RunOptions } from '../../shared/config.ts'
import { launch, streamFile, type TrainerHost } from './launch.ts'

export interface StartRequest {
  /** Absolute paths of training rows, one at least. */
  readonly files: readonly string[]
  /** What differs from the defaults. */
  readonly options: { readonly [K in keyof RunOptions]?: RunOptions[K] | undefined }
  /** Else the run is called as its file. */
  readonly name?: string
}

export interface StartPlace {
  readonly host: TrainerHost
  /** The folder in which the run's folder is made, such as `<workspace folder>/.finesse/runs`. */
  readonly out: string
}

/**
 * Starts a training that goes on by itself, and resolves with the path of its run's folder as soon as that is there.
 *
 * @throws UserError with the trainer's own line where it refuses the request
 */
export function startRun({ files, options, name }: StartRequest, { host, out }: StartPlace): Promise<string> {
  const id = randomUUID()
  mkdirSync(host.storage, { recursive: true })
  // By file: Windows takes 32,767 characters, and none of an option's are a shell's business.
  const config = streamFile(host.storage, id, 'json')
  writeFileSync(config, JSON.stringify(options))
  const words = ['train', '--json', '--config', config, '--out', out]
  if (host.isQueued()) words.push('--queue')
  if (name !== undefined) words.push(`--name=${name}`)
  words.push('--', ...files.map((file) => resolve(file)))
  return launch(words, host, { cwd: startFolder(out, files), id })
}

/**
 * Goes on with a run that was interrupted, failed or cut off; resolves when it is alive again.
 *
 * @param force whether it goes on also where data, base model or machine are not those that it began with
 * @throws UserError of the kind `changed`, which names the difference, where it would go on by force alone
 */
export async function resumeRun(
  path: string,
  host: TrainerHost,
  { force = false }: { readonly force?: boolean } = {},
): Promise<void> {
  const flags = [...(host.isQueued() ? ['--queue'] : []), ...(force ? ['--force'] : [])]
  await launch(['resume', '--json', ...flags, '--', path], host, { cwd: dirname(path) })
}

/** Where paths in options are relative to: the folder that holds `.finesse`, else the data file's. */
export function startFolder(out: string, [file = '']: readonly string[]): string {
  const parts = /^(.*)[\\/]\.finesse[\\/]runs$/.exec(resolve(out))
  return parts?.[1] ?? dirname(resolve(file))
}
