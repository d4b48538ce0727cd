import { Worker } from 'node:worker_threads'
import type { Disposable } from 'vscode'
import type { Translations } from '../../shared/l10n.ts'
import type { DataMessage, FromDataWorker, ToDataWorker } from '../data/worker-messages.ts'

/** The thread that reads a panel's data file. It is started by the first message and ends with this object. */
export class DataThread implements Disposable {
  readonly #script: string
  readonly #translations: Translations
  readonly #onMessage: (message: DataMessage) => void
  readonly #onDefect: (error: unknown) => void
  readonly #lines = new Map<number, (line: number | null) => void>()
  #worker: Worker | null = null
  #asked = 0

  constructor(
    script: string,
    translations: Translations,
    onMessage: (message: DataMessage) => void,
    onDefect: (error: unknown) => void,
  ) {
    this.#script = script
    this.#translations = translations
    this.#onMessage = onMessage
    this.#onDefect = onDefect
  }

  post(message: ToDataWorker): void {
    this.#worker ??= this.#start()
    this.#worker.postMessage(message)
  }

  /** The line on which a row begins; null: it can't be read. */
  lineOf(row: number): Promise<number | null> {
    const id = ++this.#asked
    return new Promise((resolve) => {
      this.#lines.set(id, resolve)
      this.post({ type: 'line', id, row })
    })
  }

  dispose(): void {
    const worker = this.#worker
    this.#worker = null
    this.#answerAll()
    void worker?.terminate()
  }

  #start(): Worker {
    const worker = new Worker(this.#script, { workerData: { translations: this.#translations } })
    worker.on('message', (message: FromDataWorker) => {
      if (message.type !== 'line') return this.#onMessage(message)
      this.#lines.get(message.id)?.(message.line)
      this.#lines.delete(message.id)
    })
    worker.on('error', (error) => {
      if (this.#worker === worker) this.#worker = null
      this.#answerAll()
      this.#onDefect(error)
    })
    return worker
  }

  #answerAll(): void {
    for (const answer of this.#lines.values()) answer(null)
    this.#lines.clear()
  }
}
