import { basename } from 'node:path'
import * as v from 'valibot'
import * as vscode from 'vscode'
import { type CheckedFile, FromCheck, type ToCheck } from '../../shared/check-page.ts'
import { UserError } from '../../shared/error.ts'
import { t } from '../../shared/l10n.ts'
import { showPage } from '../panel/show-page.ts'
import { storedState, storeState } from '../stored-state.ts'
import type { TrainerHost } from '../trainer/launch.ts'
import { decide, LabelCheck, show, undo } from './label-check.ts'
import { type OpenCheck, openCheck } from './open-check.ts'
import { queueMessage, saidOf, saidOfUndo } from './queue-message.ts'
import { savedFirst } from './save-first.ts'

export interface CheckServices {
  readonly extension: vscode.Uri
  readonly log: vscode.LogOutputChannel
  readonly host: TrainerHost
  /** The folder in which checks are kept. */
  readonly storage: string
}

/** The page that goes through the rows of a file whose labels may be wrong. */
export class CheckPanel implements vscode.Disposable {
  readonly #panel: vscode.WebviewPanel
  readonly #checked: CheckedFile
  readonly #services: CheckServices
  readonly #subscriptions: vscode.Disposable[]
  /** What looks for the rows now. */
  #search: AbortController | null = null
  #open: OpenCheck | null = null
  /** The newest, for a page that is built anew. */
  #told: ToCheck = { type: 'computing', progress: null }
  /** One decision is written at a time. */
  #work: Promise<void> = Promise.resolve()
  #isDisposed = false

  constructor(panel: vscode.WebviewPanel, checked: CheckedFile, services: CheckServices) {
    this.#panel = panel
    this.#checked = checked
    this.#services = services
    panel.title = t`Check Labels: ${basename(checked.file)}`
    this.#subscriptions = [
      panel.webview.onDidReceiveMessage((message: unknown) => this.#take(message)),
      panel.onDidDispose(() => this.dispose()),
    ]
    showPage(panel, services.extension, 'check-labels')
    void this.#begin(storedState(services.storage, checked.file, LabelCheck))
  }

  get file(): string {
    return this.#checked.file
  }

  reveal(): void {
    this.#panel.reveal()
  }

  onDidDispose(listener: () => void): void {
    this.#panel.onDidDispose(listener)
  }

  dispose(): void {
    if (this.#isDisposed) return
    this.#isDisposed = true
    this.#search?.abort()
    for (const subscription of this.#subscriptions) subscription.dispose()
    this.#panel.dispose()
  }

  /** Goes on with a check where that is possible, else looks for the rows. */
  async #begin(stored: LabelCheck | null): Promise<void> {
    this.#search?.abort()
    const search = new AbortController()
    this.#search = search
    this.#open = null
    this.#tell({ type: 'computing', progress: null })
    try {
      if (!(await savedFirst(this.file)))
        throw new UserError(
          t`${basename(this.file)} has changes that are not saved: save it, then check again`,
        )
      const opened = await openCheck(
        this.#checked,
        stored,
        this.#services.host,
        search.signal,
        (progress) => {
          if (search.signal.aborted) return
          const { phase, done, total } = progress
          this.#tell({ type: 'computing', progress: { phase, share: total > 0 ? done / total : 0 } })
        },
      )
      if (search.signal.aborted) return
      this.#open = opened
      this.#keep(opened.check)
      this.#tell(queueMessage(opened.check, null, null))
    } catch (error) {
      if (!search.signal.aborted) this.#tell({ type: 'problem', message: this.#message(error) })
    }
  }

  #take(message: unknown): void {
    const parsed = v.safeParse(FromCheck, message)
    if (parsed.success) this.#answer(parsed.output)
    else this.#services.log.warn(`page that checks labels: ${v.summarize(parsed.issues)}`)
  }

  #answer(message: FromCheck): void {
    switch (message.type) {
      case 'ready':
        this.#post({ type: 'begin', name: basename(this.file), checked: this.#checked })
        this.#post(this.#told)
        break
      case 'cancel':
        this.#search?.abort()
        this.#tell({ type: 'problem', message: t`The check was cancelled. No label was changed.` })
        break
      case 'check-again':
        void this.#begin(null)
        break
      case 'show':
        this.#do(({ check }) => show(check, message.index))
        break
      case 'decide':
        this.#do(({ check, edits }) => decide(check, message.index, message.decision, edits), saidOf)
        break
      case 'undo':
        this.#do(
          ({ check, edits }) => undo(check, edits),
          (now, before) => saidOfUndo(before, now),
        )
        break
      case 'train':
        void vscode.commands.executeCommand('finesse.fineTune', vscode.Uri.file(this.file))
    }
  }

  /** Does one thing after the other, and shows what became of the check. */
  #do(
    change: (open: OpenCheck) => Promise<LabelCheck> | LabelCheck,
    said: (now: LabelCheck, before: LabelCheck) => string | null = () => null,
  ): void {
    this.#work = this.#work.then(async () => {
      const open = this.#open
      if (open === null) return
      const { check, edits } = open
      try {
        if (!(await savedFirst(this.file))) return this.#tell(queueMessage(check, null, null))
        const now = await change(open)
        if (this.#open !== open) return
        this.#open = { check: now, edits }
        this.#keep(now)
        this.#tell(queueMessage(now, now === check ? null : said(now, check), null))
      } catch (error) {
        this.#tell(queueMessage(check, null, this.#message(error)))
      }
    })
  }

  /** A check that can't be kept is no reason to stop it. */
  #keep(check: LabelCheck): void {
    try {
      storeState(this.#services.storage, this.file, check)
    } catch (error) {
      this.#services.log.warn(`check of ${this.file}: ${String(error)}`)
    }
  }

  #tell(message: ToCheck): void {
    this.#told = message
    this.#post(message)
  }

  #post(message: ToCheck): void {
    if (!this.#isDisposed) void this.#panel.webview.postMessage(message)
  }

  #message(error: unknown): string {
    if (error instanceof UserError) return error.message
    this.#services.log.error(error instanceof Error ? error : String(error))
    return t`Checking the labels failed. The log of Finesse has more.`
  }
}
