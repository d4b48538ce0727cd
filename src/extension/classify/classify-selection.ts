import * as vscode from 'vscode'
import { t } from '../../shared/l10n.ts'
import type { RunItem } from '../runs/run-item.ts'
import type { ActiveModels } from './active-models.ts'
import { pickModel } from './choose-model.ts'
import { modelName } from './model-reference.ts'
import type { Predictions } from './predictions.ts'
import { inFull } from './words.ts'

/** Says what a model makes of the selected text, which it reads as one. */
export async function classifySelection(
  editor: vscode.TextEditor,
  models: ActiveModels,
  predictions: Predictions,
  runs: readonly RunItem[],
): Promise<void> {
  const text = editor.document.getText(editor.selection).trim()
  if (text === '') {
    await vscode.window.showInformationMessage(t`Select the text that is to be classified.`)
    return
  }
  const active = models.of(editor.document)
  const choice = active === null ? await pickModel(runs) : active
  if (choice === null || choice === 'none') return
  const [prediction] = await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Window, title: t`Classifying` },
    () => predictions.predict(choice.model, [text]),
  )
  if (prediction === undefined) return
  const words = inFull(prediction, active?.threshold)
  await vscode.window.showInformationMessage(t`${words} (model ${modelName(choice.model)})`)
}
