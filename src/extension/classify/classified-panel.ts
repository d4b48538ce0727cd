import { basename, extname } from 'node:path'
import * as v from 'valibot'
import * as vscode from 'vscode'
import {
  type ClassifiedRow,
  FromClassified,
  isShown,
  type Shown,
  type ToClassified,
} from '../../shared/classified-page.ts'
import { UserError } from '../../shared/error.ts'
import { t } from '../../shared/l10n.ts'
import { showPage } from '../panel/show-page.ts'
import type { ActiveModel } from './active-models.ts'
import { classifiedCsv, classifiedRow, shownRow } from './classified-rows.ts'
import type { Predictions } from './predictions.ts'
import type { Unit } from './units.ts'

/** Units that are asked for at once: the first rows are there soon, and a closed table stops soon. */
const AT_ONCE = 500

/** The table of a classified file, from its first row until it is closed. */
export class ClassifiedPanel implements vscode.Disposable {
  private readonly panel: vscode.WebviewPanel
  private readonly document: vscode.TextDocument
  private readonly active: ActiveModel
  private readonly units: readonly Unit[]
  private readonly log: vscode.LogOutputChannel
  private readonly rows: ClassifiedRow[] = []
  private readonly work = new AbortController()
  private readonly subscriptions: vscode.Disposable[]
  private problem: string | null = null

  constructor(
    extension: vscode.Uri,
    document: vscode.TextDocument,
    active: ActiveModel,
    units: readonly Unit[],
    log: vscode.LogOutputChannel,
  ) {
    this.document = document
    this.active = active
    this.units = units
    this.log = log
    this.panel = vscode.window.createWebviewPanel(
      'finesse.classified',
      t`Classified: ${basename(document.fileName)}`,
      { viewColumn: vscode.ViewColumn.Beside },
    )
    this.subscriptions = [
      this.panel.webview.onDidReceiveMessage((message) => this.take(message)),
      this.panel.onDidDispose(() => this.dispose()),
    ]
    showPage(this.panel, extension, 'classified')
  }

  onDidDispose(listener: () => void): void {
    this.panel.onDidDispose(listener)
  }

  /** Predicts the units a piece at a time and shows each. */
  async classify(predictions: Predictions): Promise<void> {
    const { signal } = this.work
    try {
      for (let from = 0; from < this.units.length && !signal.aborted; from += AT_ONCE) {
        const part = this.units.slice(from, from + AT_ONCE)
        const texts = part.map(({ text }) => text)
        const predicted = await predictions.predict(this.active.model, texts, signal)
        const rows = part.flatMap(({ start, text }, i) => {
          const prediction = predicted[i]
          const line = this.document.positionAt(start).line + 1
          return prediction === undefined
            ? []
            : [classifiedRow(line, text, prediction, this.active.threshold)]
        })
        this.rows.push(...rows)
        this.send({ type: 'rows', first: from, rows: rows.map(shownRow) })
      }
    } catch (error) {
      if (signal.aborted) return
      if (!(error instanceof UserError)) this.log.error(error instanceof Error ? error : String(error))
      this.problem = error instanceof Error ? error.message : String(error)
      this.send({ type: 'problem', message: this.problem })
    }
  }

  dispose(): void {
    this.work.abort()
    for (const subscription of this.subscriptions) subscription.dispose()
    this.panel.dispose()
  }

  private send(message: ToClassified): void {
    if (!this.work.signal.aborted) void this.panel.webview.postMessage(message)
  }

  private async take(message: unknown): Promise<void> {
    const parsed = v.safeParse(FromClassified, message)
    if (!parsed.success) {
      this.log.warn(`table of a classified file: not a message: ${JSON.stringify(message)}`)
      return
    }
    const request = parsed.output
    switch (request.type) {
      // Also of a page that was hidden, and is built anew.
      case 'ready':
        this.send({
          type: 'begin',
          file: basename(this.document.fileName),
          model: this.active.name,
          total: this.units.length,
        })
        this.send({ type: 'rows', first: 0, rows: this.rows.map(shownRow) })
        if (this.problem !== null) this.send({ type: 'problem', message: this.problem })
        break
      case 'open-line': {
        const at = new vscode.Position(request.line - 1, 0)
        await vscode.window.showTextDocument(this.document, {
          viewColumn: vscode.ViewColumn.One,
          selection: new vscode.Range(at, at),
        })
        break
      }
      case 'save':
        await this.save(request.shown)
    }
  }

  private async save(shown: Shown): Promise<void> {
    const { uri, fileName } = this.document
    const beside = fileName.slice(0, fileName.length - extname(fileName).length)
    const target = await vscode.window.showSaveDialog({
      ...(uri.scheme === 'file' ? { defaultUri: vscode.Uri.file(`${beside}-classified.csv`) } : {}),
      filters: { CSV: ['csv'] },
    })
    if (target === undefined) return
    const csv = classifiedCsv(this.rows.filter((row) => isShown(row, shown)))
    try {
      await vscode.workspace.fs.writeFile(target, Buffer.from(csv))
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      await vscode.window.showErrorMessage(t`${target.fsPath} could not be written: ${reason}`)
      return
    }
    await vscode.window.showTextDocument(target, { preview: false })
  }
}
