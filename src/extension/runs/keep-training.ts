import * as vscode from 'vscode'
import { isAlive, sendRequest } from '../../run/control.ts'
import { t } from '../../shared/l10n.ts'
import type { OwnRuns } from './own-runs.ts'

const ASKED = 'finesse.askedKeepTraining'

const keeps = (): boolean => vscode.workspace.getConfiguration('finesse').get<boolean>('keepTraining', true)

/** Asks once, at the first run, whether runs go on after VS Code closes: at closing nothing can be asked. */
export async function askKeepTraining(memento: vscode.Memento): Promise<void> {
  if (memento.get(ASKED, false)) return
  await memento.update(ASKED, true)
  const settings = vscode.workspace.getConfiguration('finesse')
  if (settings.inspect('keepTraining')?.globalValue !== undefined) return
  const keep = t`Go On`
  const stop = t`Save and Stop`
  const answer = await vscode.window.showInformationMessage(
    t`When VS Code closes, should a training go on? The setting finesse.keepTraining changes this later.`,
    keep,
    stop,
  )
  if (answer !== undefined)
    await settings.update('keepTraining', answer === keep, vscode.ConfigurationTarget.Global)
}

/** When the window goes: stops what it answers for, unless that is to go on. */
export async function endTraining(own: OwnRuns): Promise<void> {
  if (keeps()) return
  const runs = await own.claimed()
  await Promise.all(
    runs.map(async (path) => {
      if (await isAlive(path)) await sendRequest(path, { request: 'stop' })
    }),
  )
}
