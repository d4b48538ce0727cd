import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { closeSync, mkdirSync, openSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import * as v from 'valibot'
import { UserError } from '../../shared/error.ts'
import { StartedEvent } from '../../shared/events.ts'
import { t } from '../../shared/l10n.ts'
import { environmentOf, type NodeBinary } from './node-binary.ts'

/** What starting a trainer needs to know of where it is started. */
export interface TrainerHost {
  /** The command line's script, `dist/cli.js`. */
  readonly script: string
  /** A folder of the extension, for what the trainer writes to its standard streams. */
  readonly storage: string
  /** What runs the script; found anew each time, as a setting may have changed. */
  node(): Promise<NodeBinary>
  /** Environment variables besides the host's own. */
  readonly variables: () => Readonly<Record<string, string>>
  /** Whether a run waits until no other trains on this machine. */
  readonly isQueued: () => boolean
  log(line: string): void
  /** Is told of each run that has begun, or goes on. */
  started(run: string): void
}

/** The exit code of a trainer that would go on by force alone. */
const CHANGED = 3
const LOOK_MS = 50
const KEPT_MS = 24 * 3600 * 1000
const LONGEST_OUTPUT = 1 << 20

/** Where a process's words go, and what it is told by file. They go when it ends while we watch, else a day later. */
export const streamFile = (storage: string, id: string, ending: string): string =>
  join(storage, `${id}.${ending}`)

/**
 * Starts the command line as a process of its own, which outlives this one, and waits until it says that its run is
 * there. Its streams are files: a pipe would break with this process.
 *
 * @param id names the files of this start in the storage folder
 * @returns the run's folder
 * @throws UserError with the trainer's own line where it refuses
 */
export async function launch(
  words: readonly string[],
  host: TrainerHost,
  { cwd, id = randomUUID() }: { readonly cwd: string; readonly id?: string },
): Promise<string> {
  mkdirSync(host.storage, { recursive: true })
  removeOld(host.storage)
  const node = await host.node()
  const file = (ending: string): string => streamFile(host.storage, id, ending)
  const [out, err] = [openSync(file('out'), 'w'), openSync(file('err'), 'w')]
  let child: ChildProcess
  try {
    host.log(
      `${node.path} (Node ${node.version}${node.isElectron ? ', Electron' : ''}) ${[host.script, ...words].join(' ')}`,
    )
    child = spawn(node.path, [host.script, ...words], {
      cwd,
      detached: true,
      windowsHide: true,
      stdio: ['ignore', out, err],
      env: { ...environmentOf(node, process.env), ...host.variables() },
    })
  } finally {
    closeSync(out)
    closeSync(err)
  }
  const ended = new Promise<'ended'>((resolve, reject) => {
    child.once('error', (error) =>
      reject(new UserError(t`${node.path} could not be started: ${error.message}`)),
    )
    child.once('exit', (code, signal) => {
      host.log(`process ${child.pid ?? '?'} ended: ${signal ?? code ?? '?'}`)
      resolve('ended')
    })
  })
  child.unref()
  try {
    for (let isOver = false; ; ) {
      const run = startedRun(file('out'))
      if (run !== null) {
        void ended.then(
          () => removeFiles(host.storage, id),
          () => undefined,
        )
        host.started(run)
        return run
      }
      if (isOver) break
      isOver = (await Promise.race([ended, sleep(LOOK_MS, null)])) === 'ended'
    }
    throw refusal(readFileSync(file('err'), 'utf8'), child)
  } catch (error) {
    removeFiles(host.storage, id)
    throw error
  }
}

/** The run that the process says it has begun. */
function startedRun(file: string): string | null {
  const lines = readFileSync(file, 'utf8').slice(0, LONGEST_OUTPUT).split('\n').slice(0, -1)
  for (const line of lines) {
    const event = v.safeParse(v.pipe(v.string(), v.parseJson(), StartedEvent), line)
    if (event.success) return event.output.run
  }
  return null
}

/** What the process said before it ended: a person's mistake in one line, or a defect with its stack. */
function refusal(said: string, { exitCode, signalCode }: ChildProcess): Error {
  const line = /^finesse: (.+)$/m.exec(said)?.[1]
  if (line !== undefined) return new UserError(line, exitCode === CHANGED ? 'changed' : 'failed')
  const how = signalCode ?? exitCode ?? '?'
  return new Error(`The trainer ended (${how}) before its run began.\n${said.trim()}`)
}

function removeFiles(storage: string, id: string): void {
  for (const ending of ['out', 'err', 'json'])
    rmSync(streamFile(storage, id, ending), { force: true, maxRetries: 2 })
}

/** Of processes that ended while nobody watched. */
function removeOld(storage: string): void {
  for (const name of readdirSync(storage)) {
    const path = join(storage, name)
    const age = Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now())
    if (age < KEPT_MS) continue
    try {
      rmSync(path, { force: true })
    } catch {
      // Windows: its process still holds it.
    }
  }
}
