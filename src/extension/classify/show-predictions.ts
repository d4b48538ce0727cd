import * as vscode from 'vscode'
import type { ActiveModels } from './active-models.ts'
import type { Classifier } from './classifier.ts'
import { PredictionLenses } from './code-lens.ts'
import { PredictionDecorations } from './decorations.ts'
import type { DocumentUnits } from './document-units.ts'
import { PredictionHover } from './hover.ts'
import { ModelStatus } from './model-status.ts'

const DOCUMENTS: vscode.DocumentSelector = [{ scheme: 'file' }, { scheme: 'untitled' }]

/** Hover, CodeLens, decorations and status, there while a setting names a model and predictions are on. */
export function showPredictions(
  models: ActiveModels,
  units: DocumentUnits,
  classifier: Classifier,
): vscode.Disposable {
  const shown = new Map<string, vscode.Disposable>()
  const wanted: readonly [name: string, isWanted: () => boolean, show: () => vscode.Disposable][] = [
    [
      'hover',
      () => true,
      () => vscode.languages.registerHoverProvider(DOCUMENTS, new PredictionHover(models, units, classifier)),
    ],
    [
      'codeLens',
      () => isSet('codeLens', true),
      () => {
        const lenses = new PredictionLenses(models, units, classifier)
        const register = () => vscode.languages.registerCodeLensProvider(DOCUMENTS, lenses)
        let registered = register()
        // An editor asks a new provider at once, also where the old one had nothing to say when the file was opened.
        const again = models.onDidChange(() => {
          registered.dispose()
          registered = register()
        })
        return { dispose: () => vscode.Disposable.from(again, registered).dispose() }
      },
    ],
    [
      'decorations',
      () => isSet('decorations', false),
      () => new PredictionDecorations(models, units, classifier),
    ],
    ['status', () => true, () => new ModelStatus(models, units, DOCUMENTS)],
  ]
  const update = (): void => {
    const any = models.isOn && models.isConfigured
    for (const [name, isWanted, show] of wanted) {
      const isShown = shown.has(name)
      if (any && isWanted()) {
        if (!isShown) shown.set(name, show())
      } else {
        shown.get(name)?.dispose()
        shown.delete(name)
      }
    }
  }
  const subscriptions = [
    models.onDidChange(update),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration('finesse')) update()
    }),
  ]
  update()
  return {
    dispose: () => {
      for (const one of [...subscriptions, ...shown.values()]) one.dispose()
      shown.clear()
    },
  }
}

const isSet = (name: string, fallback: boolean): boolean =>
  vscode.workspace.getConfiguration('finesse').get(name, fallback)
