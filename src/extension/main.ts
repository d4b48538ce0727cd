import { join } from 'node:path'
import * as vscode from 'vscode'
import { useTranslations } from '../shared/l10n.ts'
import type { FinesseApi } from './api.ts'
import { registerPredictions } from './classify/register.ts'
import { registerLabelCheck } from './label-errors/register.ts'
import { registerLabelling } from './labelling/register.ts'
import { registerLearningCurve } from './learning-curve/register.ts'
import { registerPanels } from './panel/register.ts'
import { registerRuns } from './runs/register.ts'
import { RunStore } from './runs/run-store.ts'
import { storedRuns, trainerHost } from './trainer/trainer-host.ts'

let atEnd: (() => Promise<void>) | null = null

/** Only wires: what each part does is in its own folder. */
export function activate(context: vscode.ExtensionContext): FinesseApi {
  const began = performance.now()
  useTranslations(vscode.l10n.bundle ?? {})
  const log = vscode.window.createOutputChannel('Finesse', { log: true })
  const host = trainerHost(context, log)
  const store = new RunStore(() => [
    ...(vscode.workspace.workspaceFolders ?? []).map(({ uri }) => join(uri.fsPath, '.finesse', 'runs')),
    storedRuns(context),
  ])
  context.subscriptions.push(log, store)
  registerPanels(context, log, host, store)
  registerLabelCheck(context, log, host)
  registerLearningCurve(context, log, host)
  registerLabelling(context, log, host, store)
  atEnd = registerRuns(context, log, host, store)
  const api = registerPredictions(context, log, host, store)
  // The tests read it too.
  const { duration } = performance.measure('finesse.activate', { start: began })
  log.info(`activated in ${duration.toFixed(1)} ms`)
  return api
}

/** VS Code waits some seconds for this: enough to ask runs to stop, where they are not to go on. */
export const deactivate = async (): Promise<void> => atEnd?.()
