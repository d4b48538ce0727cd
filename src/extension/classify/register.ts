import { join } from 'node:path'
import * as vscode from 'vscode'
import { t } from '../../shared/l10n.ts'
import type { FinesseApi } from '../api.ts'
import { registerCommand } from '../command.ts'
import type { RunStore } from '../runs/run-store.ts'
import type { TrainerHost } from '../trainer/launch.ts'
import { environmentOf } from '../trainer/node-binary.ts'
import { ActiveModels } from './active-models.ts'
import { chooseModel } from './choose-model.ts'
import type { ClassifiedPanel } from './classified-panel.ts'
import { Classifier } from './classifier.ts'
import { classifyFile } from './classify-file.ts'
import { classifySelection } from './classify-selection.ts'
import { DocumentUnits } from './document-units.ts'
import { makeApi } from './make-api.ts'
import { Predictions } from './predictions.ts'
import { ServerProcess } from './server-process.ts'
import { showPredictions } from './show-predictions.ts'
import { registerTools } from './tools.ts'

/** Wires predictions in the editor; no process is started before a text is to be predicted. */
export function registerPredictions(
  context: vscode.ExtensionContext,
  log: vscode.LogOutputChannel,
  host: TrainerHost,
  store: RunStore,
): FinesseApi {
  const server = new ServerProcess(
    async () => {
      const node = await host.node()
      return {
        file: node.path,
        args: [context.asAbsolutePath(join('dist', 'serve.js'))],
        env: { ...environmentOf(node, process.env), FINESSE_LANG: vscode.env.language },
      }
    },
    (line) => log.info(line),
  )
  const predictions = new Predictions(server)
  const models = new ActiveModels(context.workspaceState, log)
  const units = new DocumentUnits()
  const classifier = new Classifier(models, predictions, log)

  const runs = async () => {
    await store.refresh()
    return store.runs
  }
  /** The editor that a command is about; a person is told what is missing. */
  const withEditor = async (work: (editor: vscode.TextEditor) => Promise<unknown>): Promise<void> => {
    const editor = vscode.window.activeTextEditor
    if (editor === undefined)
      await vscode.window.showInformationMessage(t`Open a text file first, then call this again.`)
    else await work(editor)
  }
  const tables = new Set<ClassifiedPanel>()
  const parts = { models, units, predictions, runs, log }
  const api = makeApi(store, predictions)
  context.subscriptions.push(
    server,
    models,
    showPredictions(models, units, classifier),
    models.onDidChange(() => {
      if (!models.isOn || !models.isConfigured) server.rest()
    }),
    registerTools(api),
    {
      dispose: () => {
        for (const table of tables) table.dispose()
      },
    },
    registerCommand('finesse.classifyFile', log, () =>
      withEditor(async ({ document }) => {
        const table = await classifyFile(context, document, parts)
        if (table === null) return
        tables.add(table)
        table.onDidDispose(() => tables.delete(table))
      }),
    ),
    registerCommand('finesse.chooseModel', log, () =>
      withEditor(async ({ document }) => chooseModel(document, models, await runs())),
    ),
    registerCommand('finesse.classifySelection', log, () =>
      withEditor(async (editor) => classifySelection(editor, models, predictions, await runs())),
    ),
    registerCommand('finesse.turnPredictionsOn', log, () => models.setOn(true)),
    registerCommand('finesse.turnPredictionsOff', log, () => models.setOn(false)),
  )
  return api
}
