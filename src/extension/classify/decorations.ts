import * as vscode from 'vscode'
import type { ActiveModels } from './active-models.ts'
import type { Classifier } from './classifier.ts'
import type { DocumentUnits } from './document-units.ts'
import { inShort } from './words.ts'

/** A person's own typing comes first. */
const WAIT_MS = 150

/** Labels at the ends of the lines that are shown. */
export class PredictionDecorations implements vscode.Disposable {
  private readonly models: ActiveModels
  private readonly units: DocumentUnits
  private readonly classifier: Classifier
  private readonly type = vscode.window.createTextEditorDecorationType({
    after: { margin: '0 0 0 2em', color: new vscode.ThemeColor('editorCodeLens.foreground') },
    rangeBehavior: vscode.DecorationRangeBehavior.ClosedClosed,
  })
  private readonly subscriptions: vscode.Disposable[]
  private timer: NodeJS.Timeout | null = null
  private work = new AbortController()

  constructor(models: ActiveModels, units: DocumentUnits, classifier: Classifier) {
    this.models = models
    this.units = units
    this.classifier = classifier
    const soon = () => this.soon()
    this.subscriptions = [
      this.type,
      models.onDidChange(soon),
      vscode.window.onDidChangeVisibleTextEditors(soon),
      vscode.window.onDidChangeTextEditorVisibleRanges(soon),
      vscode.workspace.onDidChangeTextDocument(soon),
    ]
    this.soon()
  }

  dispose(): void {
    this.work.abort()
    if (this.timer !== null) clearTimeout(this.timer)
    for (const subscription of this.subscriptions) subscription.dispose()
  }

  private soon(): void {
    this.work.abort()
    this.work = new AbortController()
    if (this.timer !== null) clearTimeout(this.timer)
    this.timer = setTimeout(() => {
      const { signal } = this.work
      for (const editor of vscode.window.visibleTextEditors) void this.show(editor, signal)
    }, WAIT_MS)
  }

  private async show(editor: vscode.TextEditor, signal: AbortSignal): Promise<void> {
    const { document } = editor
    const active = this.models.of(document)
    if (active === null) return editor.setDecorations(this.type, [])
    const units = editor.visibleRanges.flatMap((range) => this.units.in(document, active, range))
    const predicted = await this.classifier.predict(
      active,
      units.map(({ text }) => text),
      signal,
    )
    if (predicted === null || signal.aborted) return
    editor.setDecorations(
      this.type,
      units.flatMap((unit, i) => {
        const prediction = predicted[i]
        if (prediction === undefined) return []
        const { end } = document.lineAt(document.positionAt(unit.end).line).range
        const contentText = inShort(prediction, active.threshold)
        return [{ range: new vscode.Range(end, end), renderOptions: { after: { contentText } } }]
      }),
    )
  }
}
