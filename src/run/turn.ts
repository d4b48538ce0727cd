import { connect, type Socket } from 'node:net'
import { homedir } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { holdSocket, socketPath } from './socket.ts'

/** The right to train, which one process of this user has at a time on this machine. */
export interface Turn {
  release(): Promise<void>
}

/** Between the tries of those who wait, by their place in the line: the longer one waits, the sooner one tries. */
const APART_MS = 250

/** Takes the turn where nobody has it. */
export async function takeTurn(): Promise<Turn | null> {
  const waiting = new Set<Socket>()
  const tellPlaces = (): void => {
    for (const [i, socket] of [...waiting].entries()) socket.write(`${i + 1}\n`)
  }
  const server = await holdSocket(turnPath(), (socket) => {
    waiting.add(socket)
    socket.unref()
    socket.on('error', () => socket.destroy())
    socket.on('close', () => {
      waiting.delete(socket)
      tellPlaces()
    })
    socket.resume()
    tellPlaces()
  })
  if (server === null) return null
  return {
    release: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        for (const socket of waiting) socket.destroy()
      }),
  }
}

/**
 * Waits for the turn, in the order in which processes began to wait; keeps the process alive meanwhile. A holder that
 * is killed ends its connections, so whoever waits learns it at once.
 *
 * @param onPlace is told how many are before this process, the one that trains included
 * @returns null where `stop` came first
 */
export async function waitForTurn(stop: AbortSignal, onPlace: (place: number) => void): Promise<Turn | null> {
  let place = 1
  while (!stop.aborted) {
    const turn = await takeTurn()
    if (turn !== null) return turn
    await holderGone(stop, (now) => {
      if (now !== place) onPlace(now)
      place = now
    })
    if (!stop.aborted) await sleep(50 + (place - 1) * APART_MS)
  }
  return null
}

/** Resolves when the process that has the turn gives it back or dies, or `stop` comes. */
function holderGone(stop: AbortSignal, onPlace: (place: number) => void): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect(turnPath())
    const leave = (): void => void socket.destroy()
    stop.addEventListener('abort', leave, { once: true })
    socket.setEncoding('utf8')
    socket.on('data', (text: string) => {
      const place = Number(text.trim().split('\n').at(-1))
      if (Number.isInteger(place)) onPlace(place)
    })
    socket.on('error', () => socket.destroy())
    socket.on('close', () => {
      stop.removeEventListener('abort', leave)
      resolve()
    })
  })
}

const turnPath = (): string => socketPath(`the machine on which ${homedir()} trains`)
