import * as vscode from 'vscode'
import { t } from '../../shared/l10n.ts'
import type { RunItem } from '../runs/run-item.ts'
import type { ActiveModels } from './active-models.ts'
import { chooseModel } from './choose-model.ts'
import { ClassifiedPanel } from './classified-panel.ts'
import type { DocumentUnits } from './document-units.ts'
import type { Predictions } from './predictions.ts'

/** Opens a table of what the document's model says of each unit; asks for a model where none is active. */
export async function classifyFile(
  context: vscode.ExtensionContext,
  document: vscode.TextDocument,
  {
    models,
    units,
    predictions,
    runs,
    log,
  }: {
    readonly models: ActiveModels
    readonly units: DocumentUnits
    readonly predictions: Predictions
    readonly runs: () => Promise<readonly RunItem[]>
    readonly log: vscode.LogOutputChannel
  },
): Promise<ClassifiedPanel | null> {
  // Asked for by name: a switch that is off, or a message that was read, does not count.
  if (models.configuredFor(document) === null && !(await chooseModel(document, models, await runs())))
    return null
  const active = models.configuredFor(document)
  if (active === null) return null
  const { units: found, problem } = units.of(document, active)
  if (found.length === 0) {
    await vscode.window.showInformationMessage(problem ?? t`There is no text in this file.`)
    return null
  }
  const panel = new ClassifiedPanel(context.extensionUri, document, active, found, log)
  void panel.classify(predictions)
  return panel
}
