import { realpathSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import * as v from 'valibot'
import { UserError } from '../shared/error.ts'
import type { ProgressEvent } from '../shared/events.ts'
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
 * Takes the run for this process, or fails with a UserError where another process trains it. Does not keep the process
 * alive.
 *
 * @param onRequest called for each request but that for progress, on this process's event loop
 * @param progress how far the phase is; null before it has told
 */
export async function holdControl(
  run: string,
  onRequest: (request: ControlRequest) => void,
  progress: () => ProgressEvent | null = () => null,
): Promise<Control> {
  const answer = (request: ControlRequest): ControlReply => {
    if (request.request === 'progress') return { ok: true, progress: progress() }
    onRequest(request)
    return { ok: true }
  }
  const server = await holdSocket(controlPath(run), (socket) => serve(socket, answer))
  if (server !== null) return { close: () => new Promise((resolve) => server.close(() => resolve())) }
  throw new UserError(t`${run}: another process is training this run; wait for it, or stop it first`)
}

/** Whether a process trains the run now. */
export const isAlive = (run: string): Promise<boolean> => connects(controlPath(run))

/** Whether a process trains the run now, and how far its phase is; null where it does not say within `patience` ms. */
export async function askProgress(
  run: string,
  patience = 500,
): Promise<{ readonly alive: boolean; readonly progress: ProgressEvent | null }> {
  const request = sendRequest(run, { request: 'progress' })
  const late = sleep(patience, 'late' as const, { ref: false })
  const reply = await Promise.race([request, late])
  // One that computes for long answers later: the system has taken the connection for it, or has not.
  if (reply === 'late') return { alive: await isAlive(run), progress: null }
  return { alive: reply !== null, progress: reply?.ok ? (reply.progress ?? null) : null }
}

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

function serve(socket: Socket, answer: (request: ControlRequest) => ControlReply): void {
  let text = ''
  socket.setEncoding('utf8')
  socket.on('error', () => socket.destroy())
  socket.on('data', (part) => {
    text += part
    if (text.length > LONGEST_LINE) return void socket.destroy()
    const lines = text.split('\n')
    text = lines.pop() ?? ''
    for (const line of lines) {
      const reply = replyTo(line, answer)
      socket.write(`${JSON.stringify(reply)}\n`)
    }
  })
}

function replyTo(line: string, answer: (request: ControlRequest) => ControlReply): ControlReply {
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch {
    return { ok: false, error: 'not JSON' }
  }
  const request = v.safeParse(ControlRequest, value)
  if (!request.success) return { ok: false, error: request.issues[0].message }
  return answer(request.output)
}
