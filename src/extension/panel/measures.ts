import * as vscode from 'vscode'
import { UserError } from '../../shared/error.ts'
import type { FromPage, Roles, ToPage } from '../../shared/page.ts'
import { estimate } from './estimate.ts'
import type { PanelServices } from './services.ts'
import { tokenLengths } from './token-lengths.ts'

type Asked = Extract<FromPage, { type: 'estimate' }>
type Found = Pick<Extract<ToPage, { type: 'estimate' }>, 'estimate' | 'problem'>

/** What the trainer measures for a panel before a training: one of each at a time, the newest. */
export class Measures implements vscode.Disposable {
  readonly #services: PanelServices
  readonly #post: (message: ToPage) => void
  #counting: AbortController | null = null
  #estimating: AbortController | null = null

  constructor(services: PanelServices, post: (message: ToPage) => void) {
    this.#services = services
    this.#post = post
  }

  /**
   * Lengths in tokens. Not of a model that would have to be downloaded for it.
   *
   * @param rows null: not known yet
   */
  countTokens(rows: { readonly file: string; readonly roles: Roles } | null, model: string | null): void {
    this.stopCount()
    if (!vscode.workspace.isTrusted || model === null || !rows?.roles.text || !rows.roles.label) return
    if (!this.#isHere(model)) {
      this.#post({ type: 'tokens', model, limit: null, lengths: [], problem: null })
      return
    }
    const counting = new AbortController()
    this.#counting = counting
    tokenLengths({ ...rows, model }, this.#services.host, counting.signal).then(
      (message) => {
        if (!counting.signal.aborted) this.#post(message)
      },
      (error: unknown) => this.#services.log.error(error instanceof Error ? error : String(error)),
    )
  }

  stopCount(): void {
    this.#counting?.abort()
    this.#counting = null
  }

  /** Has the trainer take a few steps; what was asked before is void. */
  async estimate(files: readonly string[], { asked, options, isDownload }: Asked): Promise<void> {
    this.stopEstimate()
    if (options === null || !vscode.workspace.isTrusted) return
    if (!(isDownload || this.#isHere(options.model ?? 'embedded'))) return
    const estimating = new AbortController()
    this.#estimating = estimating
    const tell = (found: Found): void => {
      if (!estimating.signal.aborted) this.#post({ type: 'estimate', asked, ...found })
    }
    tell({ estimate: null, problem: null })
    try {
      const found = await estimate(files, options, this.#services.host, estimating.signal)
      tell({ estimate: found, problem: null })
    } catch (error) {
      if (error instanceof UserError) return tell({ estimate: null, problem: error.message })
      if (!estimating.signal.aborted) throw error
    }
  }

  stopEstimate(): void {
    this.#estimating?.abort()
    this.#estimating = null
  }

  dispose(): void {
    this.stopCount()
    this.stopEstimate()
  }

  #isHere(model: string): boolean {
    return model === 'embedded' || this.#services.isLocalModel(model)
  }
}
