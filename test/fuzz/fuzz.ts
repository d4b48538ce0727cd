import { type ChildProcess, fork } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Reply, Request } from './child.ts'
import { TARGETS, type Target } from './targets.ts'

export interface Failure {
  readonly target: string
  readonly case: number
  readonly problem: string
  /** Where the input that showed it was kept. */
  readonly kept: string
}

export interface Fuzzed {
  readonly cases: number
  readonly refused: number
  readonly failures: readonly Failure[]
}

/** A case that takes longer hangs: of milliseconds of work, so that a busy machine is not taken for it. */
const LONGEST_CASE_MS = 30_000
/** MB of JavaScript objects; more ends the child. */
const HEAP_MB = 512
/** Of one reader, before the next one's turn. */
const ROUND = 8
const MOST_FAILURES = 20

/**
 * Breaks files at random and lets a child process read them, the readers taking turns, until the time is over.
 *
 * @param from the first case's number
 * @param keep the folder in which inputs that failed are kept
 */
export async function fuzz(options: {
  readonly seed: number
  readonly seconds: number
  readonly keep: string
  readonly only?: string | null
  readonly from?: number
  readonly cases?: number
}): Promise<Fuzzed> {
  const { seed, seconds, keep, only = null, from = 0, cases: most = Number.POSITIVE_INFINITY } = options
  const targets = TARGETS.filter(({ name }) => only === null || name === only)
  if (targets.length === 0)
    throw new Error(`no reader ${only}; there are ${TARGETS.map(({ name }) => name).join(', ')}`)
  const folder = mkdtempSync(join(tmpdir(), 'finesse-fuzz-'))
  const failures: Failure[] = []
  let cases = 0
  let refused = 0
  let child: ChildProcess | null = await start()
  const end = performance.now() + seconds * 1000
  const fail = (target: Target, number: number, problem: string): void => {
    const kept = join(keep, `${target.name}-seed${seed}-case${number}`)
    mkdirSync(keep, { recursive: true })
    cpSync(join(folder, 'case'), kept, { recursive: true })
    failures.push({ target: target.name, case: number, problem, kept })
  }
  try {
    for (let round = 0; ; round++) {
      for (const target of targets) {
        for (let n = 0; n < ROUND; n++) {
          if (performance.now() > end || failures.length >= MOST_FAILURES || n + round * ROUND >= most)
            return { cases, refused, failures }
          const number = from + round * ROUND + n
          child ??= await start()
          const request = { target: target.name, seed, case: number, folder: join(folder, 'case') }
          const reply = await answer(child, request)
          cases++
          if ('ended' in reply) {
            fail(target, number, reply.ended)
            child = null
          } else {
            if (reply.refused) refused++
            if (reply.problem !== null) fail(target, number, reply.problem)
          }
        }
      }
    }
  } finally {
    child?.disconnect()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** A process that has loaded the readers: that takes its time, and is no case's. */
async function start(): Promise<ChildProcess> {
  const child = fork(fileURLToPath(new URL('./child.ts', import.meta.url)), [], {
    execArgv: ['--import', 'tsx', `--max-old-space-size=${HEAP_MB}`, '--expose-gc'],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  let said = ''
  const hear = (text: Buffer): void => {
    said += text
  }
  child.stderr?.on('data', hear)
  await new Promise<void>((resolve, reject) => {
    child.once('message', () => resolve())
    child.once('exit', () => reject(new Error(`the readers could not be loaded: ${said}`)))
  })
  child.removeAllListeners('exit')
  child.stderr?.off('data', hear)
  return child
}

function answer(child: ChildProcess, request: Request): Promise<Reply | { readonly ended: string }> {
  return new Promise((resolve) => {
    let said = ''
    const hear = (text: Buffer): void => {
      said = `${said}${text}`.slice(-4000)
    }
    const finish = (reply: Reply | { readonly ended: string }): void => {
      clearTimeout(timer)
      child.off('message', reply_).off('exit', ended)
      child.stderr?.off('data', hear)
      resolve(reply)
    }
    const reply_ = (message: unknown): void => finish(message as Reply)
    const ended = (code: number | null, signal: string | null): void =>
      finish({ ended: `the process ended (${code ?? signal}): ${said}` })
    const timer = setTimeout(() => {
      child.off('exit', ended)
      child.kill('SIGKILL')
      finish({ ended: `no answer after ${LONGEST_CASE_MS / 1000} s` })
    }, LONGEST_CASE_MS)
    child.stderr?.on('data', hear)
    child.once('message', reply_).once('exit', ended)
    child.send(request)
  })
}
