import { createHash } from 'node:crypto'
import { mkdirSync, rmdirSync, rmSync, statSync } from 'node:fs'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { isSystemError, systemReason } from '../data/atomic-write.ts'
import { UserError } from '../shared/error.ts'
import { t } from '../shared/l10n.ts'

/** A socket's path may have 104 bytes on macOS, 108 on Linux, the end included. */
const LONGEST_SOCKET_PATH = 100
const LONGEST_REMOVAL_MS = 3000

/**
 * Holds a name for this process: a named pipe on Windows, elsewhere a socket in the user's state folder. It dies with
 * the process, as a file with a process's number does not. Does not keep the process alive.
 *
 * @returns null where another process holds it
 */
export async function holdSocket(
  path: string,
  onConnection: (socket: Socket) => void,
): Promise<Server | null> {
  const deadline = Date.now() + 2 * LONGEST_REMOVAL_MS
  while (Date.now() < deadline) {
    const server = createServer(onConnection)
    if (await listen(server, path)) return server.unref()
    if (await connects(path)) break
    if (process.platform !== 'win32') await removeStale(path)
    await sleep(10)
  }
  return null
}

/** Where the socket of something is: the same for every process of this user. */
export function socketPath(what: string): string {
  const id = createHash('sha256').update(what).digest('hex').slice(0, 20)
  if (process.platform === 'win32') return `\\\\.\\pipe\\finesse-${id}`
  const name = `${id}.sock`
  const user = process.getuid?.()
  let reason: string | null = null
  for (const folder of [stateFolder(), join(tmpdir(), `finesse-${user}`)]) {
    if (Buffer.byteLength(join(folder, name)) > LONGEST_SOCKET_PATH) continue
    try {
      mkdirSync(folder, { recursive: true, mode: 0o700 })
      // The temporary folder is everybody's: a folder that someone else made there is not used.
      if (statSync(folder).uid === user) return join(folder, name)
    } catch (error) {
      if (!isSystemError(error)) throw error
      reason ??= systemReason(error)
    }
  }
  if (reason !== null) throw new UserError(t`${stateFolder()}: cannot hold a socket: ${reason}`)
  throw new UserError(t`${stateFolder()}: cannot hold a socket; set XDG_STATE_HOME to a short path of yours`)
}

/** Where the sockets of runs are. */
export function stateFolder(): string {
  const xdg = process.env.XDG_STATE_HOME
  if (xdg) return join(xdg, 'finesse')
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Application Support', 'finesse')
  return join(homedir(), '.local', 'state', 'finesse')
}

/** false: the name is taken, by a living process or by a file that a dead one left. */
function listen(server: Server, path: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => {
      if (isSystemError(error) && error.code === 'EADDRINUSE') resolve(false)
      else reject(error)
    })
    server.listen(path, () => resolve(true))
  })
}

/** Holds also while the other process computes: the system accepts for it. */
export function connects(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path, () => {
      socket.destroy()
      resolve(true)
    })
    socket.on('error', () => resolve(false))
  })
}

/**
 * Removes a dead process's socket. Found dead and removed under a lock: else the one that a quicker process
 * has put there meanwhile would go.
 */
async function removeStale(path: string): Promise<void> {
  const lock = `${path}.lock`
  try {
    mkdirSync(lock)
  } catch (error) {
    if (!isSystemError(error) || error.code !== 'EEXIST') throw error
    const held = statSync(lock, { throwIfNoEntry: false })
    // Its owner was killed in those milliseconds.
    if (held !== undefined && Date.now() - held.mtimeMs > LONGEST_REMOVAL_MS) rmdirSync(lock)
    return
  }
  try {
    if (!(await connects(path))) rmSync(path, { force: true })
  } finally {
    rmdirSync(lock)
  }
}
