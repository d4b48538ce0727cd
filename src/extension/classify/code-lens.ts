import * as vscode from 'vscode'
import type { ActiveModel, ActiveModels } from './active-models.ts'
import { type Classifier, withSignal } from './classifier.ts'
import { type DocumentUnits, rangeOf } from './document-units.ts'
import { inShort } from './words.ts'

class UnitLens extends vscode.CodeLens {
  readonly text: string
  readonly active: ActiveModel

  constructor(range: vscode.Range, text: string, active: ActiveModel) {
    super(range)
    this.text = text
    this.active = active
  }
}

/** A label above each unit: ranges at once, labels for those that the editor shows. */
export class PredictionLenses implements vscode.CodeLensProvider<vscode.CodeLens> {
  private readonly models: ActiveModels
  private readonly units: DocumentUnits
  private readonly classifier: Classifier

  constructor(models: ActiveModels, units: DocumentUnits, classifier: Classifier) {
    this.models = models
    this.units = units
    this.classifier = classifier
  }

  provideCodeLenses(document: vscode.TextDocument): vscode.CodeLens[] {
    const active = this.models.of(document)
    if (active === null) return []
    return this.units
      .of(document, active)
      .units.map((unit) => new UnitLens(rangeOf(document, unit), unit.text, active))
  }

  async resolveCodeLens(lens: vscode.CodeLens, token: vscode.CancellationToken): Promise<vscode.CodeLens> {
    if (!(lens instanceof UnitLens)) return lens
    const { active, text } = lens
    const predicted = await withSignal(token, (signal) => this.classifier.predict(active, [text], signal))
    const prediction = predicted?.[0]
    // Without a command it is text, not a link.
    const title = prediction === undefined ? '' : inShort(prediction, active.threshold)
    lens.command = { title, command: '' }
    return lens
  }
}
