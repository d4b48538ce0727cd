import * as vscode from 'vscode'
import { t } from '../../shared/l10n.ts'
import type { ActiveModels } from './active-models.ts'
import { type Classifier, withSignal } from './classifier.ts'
import { type DocumentUnits, rangeOf } from './document-units.ts'
import { isUnsure, type Prediction } from './prediction.ts'
import { number, percent } from './words.ts'

/** Shows the label of the unit under the mouse. */
export class PredictionHover implements vscode.HoverProvider {
  private readonly models: ActiveModels
  private readonly units: DocumentUnits
  private readonly classifier: Classifier

  constructor(models: ActiveModels, units: DocumentUnits, classifier: Classifier) {
    this.models = models
    this.units = units
    this.classifier = classifier
  }

  async provideHover(
    document: vscode.TextDocument,
    position: vscode.Position,
    token: vscode.CancellationToken,
  ): Promise<vscode.Hover | null> {
    const active = this.models.of(document)
    const unit = active === null ? null : this.units.at(document, active, position)
    if (active === null || unit === null) return null
    const predicted = await withSignal(token, (signal) =>
      this.classifier.predict(active, [unit.text], signal),
    )
    const prediction = predicted?.[0]
    if (prediction === undefined) return null
    return new vscode.Hover(hoverText(prediction, active.threshold, active.name), rangeOf(document, unit))
  }
}

/** Labels come from a person's file: they are text, whatever marks they hold. */
export function hoverText(prediction: Prediction, threshold: number, model: string): vscode.MarkdownString {
  const text = new vscode.MarkdownString()
  if (prediction.task === 'regress') {
    text.appendText(`${prediction.name} `)
    strong(text, number(prediction.value))
  } else {
    const [best, second] = prediction.ranked
    if (best === undefined) return text
    if (isUnsure(prediction, threshold)) text.appendText(`${t`unsure`}: `)
    strong(text, best.label)
    text.appendText(` ${percent(best.probability)}`)
    if (second !== undefined) {
      text.appendMarkdown('  \n')
      text.appendText(`${t`then`} ${second.label} ${percent(second.probability)}`)
    }
  }
  text.appendMarkdown('\n\n')
  text.appendText(t`Finesse, model ${model}`)
  return text
}

function strong(text: vscode.MarkdownString, words: string): void {
  // Spaces beside the stars would not be bold but stars.
  const plain = words.trim().replaceAll(/\s+/g, ' ')
  if (plain === '') return
  text.appendMarkdown('**')
  text.appendText(plain)
  text.appendMarkdown('**')
}
