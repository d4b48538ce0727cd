import { createHash } from 'node:crypto'
import { mkdirSync, realpathSync, rmdirSync, rmSync, statSync } from 'node:fs'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import * as v from 'valibot'
import { UserError } from '../shared/error.ts'
import { ControlReply, ControlRequest } from '../shared/protocol.ts'
import { isSystemError, systemReason } from './atomic-write.ts'

/**
 * The sign of life of a run: a named pipe on Windows, elsewhere a socket in the user's state folder. It is held
 * while the run is trained and dies with the process, as a process id in a file does not.
 */
export interface Control {
  close(): Promise<void>
}

/** A socket's path may have 104 bytes on macOS, 108 on Linux, the end included. */
const LONGEST_SOCKET_PATH = 100
const LONGEST_LINE = 1 << 16
const LONGEST_REMOVAL_MS = 3000

/**
 * Takes the run for this process, or fails with a UserError where another process trains it.
 * `onRequest` is called for each request, on this process's event loop. Does not keep the process alive.
 */
export async function holdControl(
  run: string,
  onRequest: (request: ControlRequest) => void,
): Promise<Control> {
  const path = socketPath(run)
  const deadline = Date.now() + 2 * LONGEST_REMOVAL_MS
  while (Date.now() < deadline) {
    const server = createServer((socket) => serve(socket, onRequest))
    if (await listen(server, path)) {
      server.unref()
      return { close: () => new Promise((resolve) => server.close(() => resolve())) }
    }
    if (await connects(path)) break
    if (process.platform !== 'win32') await removeStale(path)
    await sleep(10)
  }
  throw new UserError(`${run}: another process is training this run; wait for it, or stop it first`)
}

/** Whether a process trains the run now. */
export const isAlive = (run: string): Promise<boolean> => connects(socketPath(run))

/** Asks the process that trains the run; null where none does. */
export function sendRequest(run: string, request: ControlRequest): Promise<ControlReply | null> {
  return new Promise((resolve, reject) => {
    const socket = connect(socketPath(run), () => socket.end(`${JSON.stringify(request)}\n`))
    let text = ''
    socket.setEncoding('utf8')
    socket.on('data', (part) => {
      text += part
    })
    socket.on('error', () => resolve(null))
    socket.on('close', () => {
      const line = text.split('\n', 1)[0]
      if (line === undefined || line === '') return resolve(null)
      try {
        resolve(v.parse(ControlReply, JSON.parse(line)))
      } catch (error) {
        reject(error)
      }
    })
  })
}

/** Named by the folder's real path, so that two ways to the same folder meet. */
function socketPath(run: string): string {
  const id = createHash('sha256').update(realpathSync.native(run)).digest('hex').slice(0, 20)
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
  if (reason !== null) throw new UserError(`${stateFolder()}: cannot hold a socket: ${reason}`)
  throw new UserError(`${stateFolder()}: cannot hold a socket; set XDG_STATE_HOME to a short path of yours`)
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
function connects(path: string): Promise<boolean> {
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

function serve(socket: Socket, onRequest: (request: ControlRequest) => void): void {
  let text = ''
  socket.setEncoding('utf8')
  socket.on('error', () => socket.destroy())
  socket.on('data', (part) => {
    text += part
    if (text.length > LONGEST_LINE) return void socket.destroy()
    const lines = text.split('\n')
    text = lines.pop() ?? ''
    for (const line of lines) {
      const reply = answer(line, onRequest)
      socket.write(`${JSON.stringify(reply)}\n`)
    }
  })
}

function answer(line: string, onRequest: (request: ControlRequest) => void): ControlReply {
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch {
    return { ok: false, error: 'not JSON' }
  }
  const request = v.safeParse(ControlRequest, value)
  if (!request.success) return { ok: false, error: request.issues[0].message }
  onRequest(request.output)
  return { ok: true }
}
