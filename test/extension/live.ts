import { spawnSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { TrainerHost } from '../../src/extension/trainer/launch.ts'
import { findNode, thisProcess } from '../../src/extension/trainer/node-binary.ts'
import { isAlive, sendRequest } from '../../src/run/control.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const script = join(root, 'dist', 'cli.js')

/** Why tests of the built trainer are left out, or false where it is built. */
export const needsBuild: string | false = existsSync(script) ? false : 'needs npm run build'

/** Sockets of these tests meet no others: a training elsewhere on this machine makes nobody wait. */
export const ownState = (name: string): void => {
  process.env.XDG_STATE_HOME = join(tmpdir(), `finesse-test-${name}-${process.pid}`)
}

export interface Bench {
  readonly host: TrainerHost
  readonly folder: string
  readonly out: string
  /** A copy of the sample. */
  readonly file: string
  readonly log: string[]
}

/**
 * A folder with the sample in it, in which trainings are started as the editor does. When the test ends, also where it
 * failed, they are stopped, and then the folder goes.
 */
export function bench(t: TestContext, { queue = false } = {}): Bench {
  const folder = mkdtempSync(join(tmpdir(), 'finesse-test-'))
  const out = join(folder, '.finesse', 'runs')
  t.after(async () => {
    for (const name of existsSync(out) ? readdirSync(out) : []) await stopped(join(out, name))
    rmSync(folder, { recursive: true, force: true })
  })
  const file = join(folder, 'reviews.csv')
  copyFileSync(join(root, 'media', 'samples', 'reviews.csv'), file)
  const log: string[] = []
  const host: TrainerHost = {
    script,
    storage: join(folder, 'storage'),
    node: () => findNode({ setting: '', searchPath: '', own: thisProcess() }),
    variables: () => ({}),
    isQueued: () => queue,
    log: (line) => log.push(line),
    started: () => {},
  }
  return { host, folder, out, file, log }
}

async function stopped(run: string): Promise<void> {
  await sendRequest(run, { request: 'stop' })
  await until('the run ends', async () => !(await isAlive(run)))
}

/** Options with which the sample trains for as long as a test wants. */
export const LONG = { epochs: 400, patience: 400, strategy: 'full' } as const

/** Waits until something holds; fails, with its name, where it does not within two minutes: a busy machine is no failure. */
export async function until(
  what: string,
  holds: () => boolean | Promise<boolean>,
  ms = 120_000,
): Promise<void> {
  for (const end = Date.now() + ms; !(await holds()); ) {
    if (Date.now() > end) throw new Error(`waited in vain: ${what}`)
    await sleep(50)
  }
}

/** Kills the process that trains a run, by the number that it wrote into the run's log. */
export function kill(log: string): void {
  const pid = Number(/, process (\d+)\n/g.exec(log)?.[1])
  if (!Number.isInteger(pid) || pid <= 1) throw new Error('no process number in the log')
  process.kill(pid, 'SIGKILL')
  spawnSync(process.execPath, ['-e', ''])
}
