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
export function hoverText(
  prediction: Prediction,
  threshold: number | undefined,
  model: string,
): vscode.MarkdownString {
  const lines = [...linesOf(prediction, threshold), t`Finesse, model ${plain(model)}`]
  return new vscode.MarkdownString(lines.join('  \n'))
}

function linesOf(prediction: Prediction, threshold: number | undefined): string[] {
  if (prediction.task === 'regress') return [`${plain(prediction.name)} **${number(prediction.value)}**`]
  const [best, second] = prediction.ranked
  if (best === undefined) return []
  const label = plain(best.label)
  const probability = percent(best.probability)
  return [
    isUnsure(prediction, threshold) ? t`unsure: **${label}** ${probability}` : `**${label}** ${probability}`,
    ...(second === undefined ? [] : [t`then ${plain(second.label)} ${percent(second.probability)}`]),
  ]
}

/** On one line, and without a meaning in Markdown. */
const plain = (text: string): string =>
  new vscode.MarkdownString().appendText(text.trim().replaceAll(/\s+/g, ' ')).value.replaceAll('&nbsp;', ' ')
