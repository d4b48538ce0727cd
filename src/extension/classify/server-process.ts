import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import * as v from 'valibot'
import { createLineSplitter } from '../../data/lines.ts'
import type { ModelText } from '../../data/model-text.ts'
import { UserError } from '../../shared/error.ts'
import { t } from '../../shared/l10n.ts'
import { PredictionReply, type PredictionRequest } from '../../shared/prediction-protocol.ts'

/** What starts the server. */
export interface ServerCommand {
  readonly file: string
  readonly args: readonly string[]
  readonly env: NodeJS.ProcessEnv
}

export type Predicted = Extract<PredictionReply, { reply: 'predicted' }>

interface Pending {
  readonly request: Extract<PredictionRequest, { request: 'predict' }>
  /** Processes that were given it. */
  tries: number
  resolve(reply: Predicted): void
  reject(error: Error): void
}

const TRIES = 2
const IDLE_MS = 10 * 60_000

/** The prediction server: started by the first request, ended after ten minutes without one, and with this object. */
export class ServerProcess {
  private readonly command: () => Promise<ServerCommand>
  private readonly log: (line: string) => void
  private readonly pending = new Map<number, Pending>()
  private child: ChildProcessWithoutNullStreams | null = null
  private isStarting = false
  private isResting = false
  private isDisposed = false
  private lastId = 0
  private lastError = ''
  private idle: NodeJS.Timeout | null = null

  constructor(command: () => Promise<ServerCommand>, log: (line: string) => void) {
    this.command = command
    this.log = log
  }

  /** null: none runs. */
  get pid(): number | null {
    return this.child?.pid ?? null
  }

  /**
   * @param signal gives the request up: the promise rejects with its reason
   * @throws UserError where the model does not answer, or the server ended twice over this request
   */
  predict(model: string, texts: readonly ModelText[], signal?: AbortSignal): Promise<Predicted> {
    return new Promise((resolve, reject) => {
      if (this.isDisposed) return reject(new DOMException('the prediction server is disposed', 'AbortError'))
      if (signal?.aborted) return reject(signal.reason)
      this.isResting = false
      const id = ++this.lastId
      const giveUp = (): void => {
        if (!this.pending.delete(id)) return
        this.write({ request: 'cancel', id })
        reject(signal?.reason)
      }
      const over = (): void => signal?.removeEventListener('abort', giveUp)
      signal?.addEventListener('abort', giveUp, { once: true })
      const request = { request: 'predict' as const, id, model, texts: texts.map(asSent) }
      this.pending.set(id, {
        request,
        tries: 0,
        resolve: (reply) => {
          over()
          resolve(reply)
        },
        reject: (error) => {
          over()
          reject(error)
        },
      })
      if (this.child === null) void this.start()
      else this.give(id)
    })
  }

  /** Ends the process; what is asked next starts another. */
  stop(): void {
    if (this.idle !== null) clearTimeout(this.idle)
    this.idle = null
    const child = this.child
    this.child = null
    child?.stdin.end()
    child?.kill()
    this.rejectAll(new DOMException('the prediction server was stopped', 'AbortError'))
  }

  /** Ends the process as soon as all that was asked is answered. */
  rest(): void {
    this.isResting = true
    if (this.pending.size === 0) this.stop()
  }

  dispose(): void {
    this.isDisposed = true
    this.stop()
  }

  private async start(): Promise<void> {
    if (this.isStarting) return
    this.isStarting = true
    try {
      const { file, args, env } = await this.command()
      if (this.isDisposed || this.pending.size === 0) return
      const child = spawn(file, [...args], { env, windowsHide: true })
      this.child = child
      this.lastError = ''
      this.listen(child)
      this.log(`prediction server ${child.pid ?? '?'}: ${[file, ...args].join(' ')}`)
      for (const id of this.pending.keys()) this.give(id)
    } catch (error) {
      this.rejectAll(error instanceof Error ? error : new Error(String(error)))
    } finally {
      this.isStarting = false
    }
  }

  private listen(child: ChildProcessWithoutNullStreams): void {
    const lines = createLineSplitter()
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      for (const { text: line } of lines.push(text)) this.take(line)
    })
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      for (const line of text.split('\n').filter((line) => line.trim() !== '')) {
        this.log(line)
        if (/Error/.test(line) || this.lastError === '') this.lastError = line.trim()
      }
    })
    // It may be gone while something is written; `close` tells.
    child.stdin.on('error', () => undefined)
    child.on('error', (error) => {
      this.lastError = error.message
      this.ended(child)
    })
    child.on('close', (code, signal) => {
      this.log(`prediction server ${child.pid ?? '?'} ended: ${signal ?? code ?? '?'}`)
      if (this.lastError === '') this.lastError = String(signal ?? code ?? '?')
      this.ended(child)
    })
  }

  private ended(child: ChildProcessWithoutNullStreams): void {
    // Stopped, or told already.
    if (this.child !== child) return
    this.child = null
    for (const [id, { tries, reject }] of this.pending)
      if (tries >= TRIES) {
        this.pending.delete(id)
        reject(new UserError(t`The prediction server ended twice: ${this.lastError}. The log says more.`))
      }
    if (this.pending.size > 0) void this.start()
  }

  private give(id: number): void {
    const pending = this.pending.get(id)
    if (pending === undefined) return
    pending.tries++
    this.write(pending.request)
    if (this.idle === null) {
      this.idle = setTimeout(() => {
        if (this.pending.size === 0) this.stop()
        else this.idle?.refresh()
      }, IDLE_MS)
      this.idle.unref()
    } else this.idle.refresh()
  }

  private write(request: PredictionRequest): void {
    if (this.child?.stdin.writable) this.child.stdin.write(`${JSON.stringify(request)}\n`)
  }

  private take(line: string): void {
    const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), PredictionReply), line)
    if (!parsed.success) {
      this.log(`prediction server: not a reply: ${line.slice(0, 200)}`)
      return
    }
    const reply = parsed.output
    const pending = reply.id === null ? undefined : this.pending.get(reply.id)
    if (pending === undefined) {
      // Else it was cancelled.
      if (reply.reply === 'failed') this.log(reply.message)
      return
    }
    this.pending.delete(pending.request.id)
    if (reply.reply === 'predicted') pending.resolve(reply)
    else if (reply.reply === 'failed') pending.reject(new UserError(reply.message))
    else pending.reject(new Error(`the prediction server answered with ${reply.reply}`))
    if (this.isResting) this.rest()
  }

  private rejectAll(error: Error): void {
    const all = [...this.pending.values()]
    this.pending.clear()
    for (const { reject } of all) reject(error)
  }
}

const asSent = (text: ModelText): string | [string, string] =>
  typeof text === 'string' ? text : [text[0], text[1]]
