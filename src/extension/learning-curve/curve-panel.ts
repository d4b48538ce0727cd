import { basename } from 'node:path'
import * as v from 'valibot'
import type * as vscode from 'vscode'
import { type CurveRequest, FromCurve, type ToCurve } from '../../shared/curve-page.ts'
import { UserError } from '../../shared/error.ts'
import { t } from '../../shared/l10n.ts'
import { showPage } from '../panel/show-page.ts'
import type { TrainerHost } from '../trainer/launch.ts'
import { computeCurve } from './compute-curve.ts'

export interface CurveServices {
  readonly extension: vscode.Uri
  readonly log: vscode.LogOutputChannel
  readonly host: TrainerHost
}

/** The page of a file's learning curve, or of several files' that are trained on together. */
export class CurvePanel implements vscode.Disposable {
  readonly #panel: vscode.WebviewPanel
  readonly #services: CurveServices
  readonly #subscriptions: readonly vscode.Disposable[]
  #request: CurveRequest
  #computing: AbortController | null = null
  /** The newest, for a page that is built anew. */
  #told: ToCurve = { type: 'computing', progress: null }
  #isDisposed = false

  constructor(panel: vscode.WebviewPanel, request: CurveRequest, services: CurveServices) {
    this.#panel = panel
    this.#request = request
    this.#services = services
    this.#subscriptions = [
      panel.webview.onDidReceiveMessage((message: unknown) => this.#take(message)),
      panel.onDidDispose(() => this.dispose()),
    ]
    showPage(panel, services.extension, 'learning-curve')
    void this.#compute()
  }

  get files(): readonly string[] {
    return this.#request.files
  }

  /** Shows the page, with the curve of other options where these are asked for. */
  reveal(request: CurveRequest): void {
    this.#panel.reveal()
    if (JSON.stringify(request) === JSON.stringify(this.#request)) return
    this.#request = request
    void this.#compute()
  }

  onDidDispose(listener: () => void): void {
    this.#panel.onDidDispose(listener)
  }

  dispose(): void {
    if (this.#isDisposed) return
    this.#isDisposed = true
    this.#computing?.abort()
    for (const subscription of this.#subscriptions) subscription.dispose()
    this.#panel.dispose()
  }

  async #compute(): Promise<void> {
    this.#computing?.abort()
    const computing = new AbortController()
    this.#computing = computing
    const tell = (message: ToCurve): void => {
      if (!computing.signal.aborted) this.#tell(message)
    }
    tell({ type: 'computing', progress: null })
    try {
      const curve = await computeCurve(this.#request, this.#services.host, computing.signal, (progress) =>
        tell({ type: 'computing', progress }),
      )
      tell({ type: 'curve', curve })
    } catch (error) {
      if (!computing.signal.aborted) tell({ type: 'problem', message: this.#message(error) })
    }
  }

  #take(message: unknown): void {
    const parsed = v.safeParse(FromCurve, message)
    if (parsed.success) this.#answer(parsed.output)
    else this.#services.log.warn(`page of a learning curve: ${v.summarize(parsed.issues)}`)
  }

  #answer({ type }: FromCurve): void {
    switch (type) {
      case 'ready':
        this.#post({ type: 'begin', name: this.files.map((file) => basename(file)).join(', ') })
        this.#post(this.#told)
        break
      case 'cancel':
        this.#computing?.abort()
        this.#tell({ type: 'problem', message: t`The learning curve was cancelled.` })
        break
      case 'again':
        void this.#compute()
    }
  }

  #tell(message: ToCurve): void {
    this.#told = message
    this.#post(message)
  }

  #post(message: ToCurve): void {
    if (!this.#isDisposed) void this.#panel.webview.postMessage(message)
  }

  #message(error: unknown): string {
    if (error instanceof UserError) return error.message
    this.#services.log.error(error instanceof Error ? error : String(error))
    return t`The learning curve failed. The log of Finesse has more.`
  }
}
