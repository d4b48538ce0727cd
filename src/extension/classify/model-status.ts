import * as vscode from 'vscode'
import { t } from '../../shared/l10n.ts'
import type { ActiveModels } from './active-models.ts'
import type { DocumentUnits } from './document-units.ts'
import type { UnitKind } from './setting.ts'

/** The model of the shown document, among what the editor says of its language. */
export class ModelStatus implements vscode.Disposable {
  private readonly models: ActiveModels
  private readonly units: DocumentUnits
  private readonly selector: vscode.DocumentSelector
  private readonly subscriptions: vscode.Disposable[]
  private item: vscode.LanguageStatusItem | null = null

  constructor(models: ActiveModels, units: DocumentUnits, selector: vscode.DocumentSelector) {
    this.models = models
    this.units = units
    this.selector = selector
    const update = () => this.update()
    this.subscriptions = [vscode.window.onDidChangeActiveTextEditor(update), models.onDidChange(update)]
    this.update()
  }

  dispose(): void {
    this.item?.dispose()
    for (const subscription of this.subscriptions) subscription.dispose()
  }

  private update(): void {
    const document = vscode.window.activeTextEditor?.document
    const active = document === undefined ? null : this.models.configuredFor(document)
    if (document === undefined || active === null) {
      this.item?.dispose()
      this.item = null
      return
    }
    const problem = this.models.problemOf(active.model) ?? this.units.of(document, active).problem
    this.item ??= vscode.languages.createLanguageStatusItem('finesse.model', this.selector)
    this.item.name = 'Finesse'
    this.item.text = active.name
    this.item.detail = problem ?? unitWords(active.unit)
    this.item.severity =
      problem === null ? vscode.LanguageStatusSeverity.Information : vscode.LanguageStatusSeverity.Warning
    this.item.command = { title: t`Choose Model`, command: 'finesse.chooseModel' }
  }
}

function unitWords(unit: UnitKind): string {
  switch (unit) {
    case 'line':
      return t`classifies each line`
    case 'sentence':
      return t`classifies each sentence`
    case 'paragraph':
      return t`classifies each paragraph`
    case 'column':
      return t`classifies a column`
  }
}
