// Reads broken files, one after another, in a process of its own: what it does to this process is what is tested.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { UserError } from '../../src/shared/error.ts'
import { mutated } from './mutate.ts'
import { MEMORY_CONSTANT, TARGETS, type Target } from './targets.ts'

export interface Request {
  readonly target: string
  readonly seed: number
  readonly case: number
  /** Made anew for each reader. */
  readonly folder: string
}

/** problem: null where the file was read, or refused as it should be. */
export interface Reply {
  readonly refused: boolean
  readonly problem: string | null
}

const LONGEST_MESSAGE = 2000

/** What is wrong with how a file was refused; null: nothing. */
function problemOf(error: unknown): string | null {
  if (!(error instanceof UserError))
    return `not a UserError: ${error instanceof Error ? error.stack : String(error)}`
  const { message } = error
  if (message.length > LONGEST_MESSAGE)
    return `a message of ${message.length} characters: ${message.slice(0, 200)}`
  // Escape sequences of a hostile file would reach the terminal.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  if (/[\u0000-\u001f\u007f-\u009f]/.test(message))
    return `a control character in: ${JSON.stringify(message)}`
  return null
}

/** Bytes of the process now and at most since the last reset; null where the system does not tell. */
function memory(): { now: number; most: number } | null {
  try {
    const status = readFileSync('/proc/self/status', 'latin1')
    const kilobytes = (name: string): number =>
      Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1]) * 1024
    return { now: kilobytes('VmRSS'), most: kilobytes('VmHWM') }
  } catch {
    return null
  }
}

function resetPeak(): void {
  try {
    writeFileSync('/proc/self/clear_refs', '5')
  } catch {
    // Not Linux: the heap's limit remains.
  }
}

async function attempt(target: Target, folder: string, size: number): Promise<Reply & { grown: number }> {
  resetPeak()
  const before = memory()
  let refused = false
  let problem: string | null = null
  try {
    await target.read(folder)
  } catch (error) {
    refused = true
    problem = problemOf(error)
  }
  const after = memory()
  const grown = before && after ? after.most - before.now : 0
  const allowed = size * target.memoryFactor + MEMORY_CONSTANT
  if (problem === null && grown > allowed)
    problem = `${Math.round(grown / 2 ** 20)} MB of memory for a file of ${size} bytes, allowed are ${Math.round(allowed / 2 ** 20)}`
  return { refused, problem, grown }
}

/** Whose surroundings the folder holds. */
let surrounded: Target | null = null

async function runCase(request: Request): Promise<Reply> {
  const target = TARGETS.find(({ name }) => name === request.target)
  if (!target) throw new Error(`no target ${request.target}`)
  const bytes = mutated(target.seeds, request.seed, `${target.name} ${request.case}`)
  const { folder } = request
  if (surrounded !== target) {
    rmSync(folder, { recursive: true, force: true })
    mkdirSync(folder)
    target.surround(folder)
    mkdirSync(dirname(join(folder, target.file)), { recursive: true })
    surrounded = target
  }
  const write = (): void => writeFileSync(join(folder, target.file), bytes)
  write()
  const { refused, problem } = await attempt(target, folder, bytes.length)
  if (problem === null || !/MB of memory/.test(problem)) return { refused, problem }
  // What earlier cases left to be collected may have been counted.
  globalThis.gc?.()
  write()
  return attempt(target, folder, bytes.length)
}

process.on('message', (request: Request) => {
  void runCase(request).then(
    ({ refused, problem }) => process.send?.({ refused, problem } satisfies Reply),
    (error: unknown) => {
      throw error
    },
  )
})
process.send?.('ready')
// Errors thrown outside of a reader's promise end the process, which is found as a crash.
process.on('disconnect', () => process.exit(0))
