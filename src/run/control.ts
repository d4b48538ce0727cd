import { realpathSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import * as v from 'valibot'
import { UserError } from '../shared/error.ts'
import { t } from '../shared/l10n.ts'
import { ControlReply, ControlRequest } from '../shared/protocol.ts'
import { connects, holdSocket, socketPath } from './socket.ts'

/**
 * The sign of life of a run: a named pipe on Windows, elsewhere a socket in the user's state folder. It is held
 * while the run is trained and dies with the process, as a process id in a file does not.
 */
export interface Control {
  close(): Promise<void>
}

const LONGEST_LINE = 1 << 16

/**
 * Takes the run for this process, or fails with a UserError where another process trains it.
 * `onRequest` is called for each request, on this process's event loop. Does not keep the process alive.
 */
export async function holdControl(
  run: string,
  onRequest: (request: ControlRequest) => void,
): Promise<Control> {
  const server = await holdSocket(controlPath(run), (socket) => serve(socket, onRequest))
  if (server !== null) return { close: () => new Promise((resolve) => server.close(() => resolve())) }
  throw new UserError(t`${run}: another process is training this run; wait for it, or stop it first`)
}

/** Whether a process trains the run now. */
export const isAlive = (run: string): Promise<boolean> => connects(controlPath(run))

/** Asks the process that trains the run; null where none does. */
export function sendRequest(run: string, request: ControlRequest): Promise<ControlReply | null> {
  return new Promise((resolve, reject) => {
    const socket = connect(controlPath(run), () => socket.end(`${JSON.stringify(request)}\n`))
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
const controlPath = (run: string): string => socketPath(realpathSync.native(run))

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
