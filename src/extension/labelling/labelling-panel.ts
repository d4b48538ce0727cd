import { basename, join } from 'node:path'
import * as v from 'valibot'
import * as vscode from 'vscode'
import { openTrainingFile, type TrainingFile } from '../../data/append/training-file.ts'
import { systemReason } from '../../data/atomic-write.ts'
import { readRecord } from '../../run/folder.ts'
import { UserError } from '../../shared/error.ts'
import { t } from '../../shared/l10n.ts'
import {
  FromLabelling,
  type LabellingSession,
  labelledCount,
  type ToLabelling,
} from '../../shared/labelling.ts'
import { showPage } from '../panel/show-page.ts'
import { storeState } from '../stored-state.ts'
import type { TrainerHost } from '../trainer/launch.ts'
import { chooseTexts } from './choose-texts.ts'
import { decided, undone } from './session.ts'

export const LABELLING_TYPE = 'finesse.labelling'

export interface LabellingServices {
  readonly context: vscode.ExtensionContext
  readonly log: vscode.LogOutputChannel
  readonly host: TrainerHost
  /** The folder of sessions, and of what a kill may have cut off in a training file. */
  readonly storage: string
}

/** A page on which a person labels texts one after another, from its first text until it is closed. */
export class LabellingPanel implements vscode.Disposable {
  private readonly panel: vscode.WebviewPanel
  private readonly services: LabellingServices
  private readonly work = new AbortController()
  private readonly subscriptions: vscode.Disposable[]
  private session: LabellingSession
  private training: TrainingFile | null = null
  private isChoosing = false
  /** What a person asks is done one after another. */
  private queue: Promise<void> = Promise.resolve()

  constructor(panel: vscode.WebviewPanel, session: LabellingSession, services: LabellingServices) {
    this.panel = panel
    this.session = session
    this.services = services
    this.subscriptions = [
      panel.webview.onDidReceiveMessage((message) => this.take(message)),
      panel.onDidDispose(() => this.dispose()),
    ]
    showPage(panel, services.context.extensionUri, 'labelling')
  }

  get source(): string {
    return this.session.source
  }

  reveal(): void {
    this.panel.reveal()
  }

  onDidDispose(listener: () => void): void {
    this.panel.onDidDispose(listener)
  }

  dispose(): void {
    this.work.abort()
    for (const subscription of this.subscriptions) subscription.dispose()
    this.panel.dispose()
  }

  /** Chooses the texts of the next round. */
  choose(): void {
    this.enqueue(async () => {
      this.isChoosing = true
      this.send({ type: 'choosing' })
      try {
        const training = await this.trainingFile()
        const items = await chooseTexts(this.session, this.services.host, this.work.signal)
        const labels = [...new Set([...this.session.labels, ...training.labels.keys()])]
        this.become({ ...this.session, labels, items, order: [], before: labelledCount(this.session) })
      } finally {
        this.isChoosing = false
        this.sendSession()
      }
    })
  }

  private async take(message: unknown): Promise<void> {
    const parsed = v.safeParse(FromLabelling, message)
    if (!parsed.success) {
      this.services.log.warn(`labelling page: not a message: ${JSON.stringify(message)}`)
      return
    }
    const request = parsed.output
    switch (request.type) {
      // Also of a page that was hidden, and is built anew.
      case 'ready':
        if (this.isChoosing) this.send({ type: 'choosing' })
        else this.sendSession()
        break
      case 'label':
        this.enqueue(() => this.label(request.item, request.label))
        break
      case 'skip':
        this.enqueue(async () => this.become(decided(this.session, request.item, { is: 'skipped' })))
        break
      case 'undo':
        this.enqueue(() => this.undo())
        break
      case 'more':
        this.choose()
        break
      case 'train':
        await this.train()
    }
  }

  private async label(at: number, label: string): Promise<void> {
    const item = this.session.items[at]
    if (item?.decision.is !== 'open' || !(await this.isSaved())) return
    const training = await this.trainingFile()
    const appended = await training.append(item.text, label)
    this.become(decided(this.session, at, { is: 'labelled', label, appended }))
  }

  private async undo(): Promise<void> {
    const last = this.session.items[this.session.order.at(-1) ?? -1]
    if (last === undefined) return
    if (last.decision.is === 'labelled') {
      if (!(await this.isSaved())) return
      const training = await this.trainingFile()
      training.takeBack(last.decision.appended)
    }
    this.become(undone(this.session))
  }

  /** The files that the model was trained on, and the new texts: the page of fine-tuning starts from them. */
  private async train(): Promise<void> {
    const { run, target } = this.session
    const files = run === null ? [] : trainedOn(run)
    const uris = [...new Set([...files, target.path])].map((path) => vscode.Uri.file(path))
    await vscode.commands.executeCommand('finesse.fineTune', uris[0], uris)
  }

  /** An editor that saves its own, older text later would take away what was added. */
  private async isSaved(): Promise<boolean> {
    const { path } = this.session.target
    // As the editor writes it: on Windows with the drive's letter in lower case.
    const { fsPath } = vscode.Uri.file(path)
    const document = vscode.workspace.textDocuments.find((one) => one.isDirty && one.uri.fsPath === fsPath)
    if (document === undefined) return true
    const save = t`Save`
    const question = t`${basename(path)} has changes that are not saved. Save it before a row is added or taken away?`
    const isSaved =
      (await vscode.window.showWarningMessage(question, { modal: true }, save)) === save &&
      (await document.save())
    if (!isSaved)
      throw new UserError(t`${basename(path)} has changes that are not saved; save it, then go on`)
    return true
  }

  private async trainingFile(): Promise<TrainingFile> {
    const { target } = this.session
    this.training ??= await openTrainingFile(target.path, target, join(this.services.storage, 'journals'))
    return this.training
  }

  private enqueue(work: () => Promise<void>): void {
    this.queue = this.queue.then(work).catch((error) => this.tell(error))
  }

  private tell(error: unknown): void {
    if (this.work.signal.aborted) return
    const reason = systemReason(error)
    if (!(error instanceof UserError) && reason === null)
      this.services.log.error(error instanceof Error ? error : String(error))
    const message = error instanceof Error ? error.message : String(error)
    const said = reason === null ? message : t`${this.session.target.path} could not be written: ${reason}`
    this.send({ type: 'problem', message: said })
  }

  private become(session: LabellingSession): void {
    this.session = session
    storeState(this.services.storage, this.source, session)
    this.sendSession()
  }

  private sendSession(): void {
    this.send({ type: 'session', session: this.session })
  }

  private send(message: ToLabelling): void {
    if (!this.work.signal.aborted) void this.panel.webview.postMessage(message)
  }
}

function trainedOn(run: string): readonly string[] {
  const { train, more } = readRecord(run).data
  return [train, ...more].map(({ path }) => path)
}
