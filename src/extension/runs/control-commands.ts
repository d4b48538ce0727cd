import * as vscode from 'vscode'
import { sendRequest } from '../../run/control.ts'
import { UserError } from '../../shared/error.ts'
import { t } from '../../shared/l10n.ts'
import type { ControlRequest } from '../../shared/protocol.ts'
import type { TrainerHost } from '../trainer/launch.ts'
import { resumeRun } from '../trainer/start-run.ts'
import type { RunItem } from './run-item.ts'
import type { RunStore } from './run-store.ts'

/** Asks the processes of runs; one that has ended meanwhile is no mistake, as the tree shows it. */
export async function request(
  runs: readonly RunItem[],
  asked: ControlRequest['request'],
  store: RunStore,
): Promise<void> {
  for (const { path } of runs) {
    const reply = await sendRequest(path, { request: asked })
    if (reply?.ok === false) throw new UserError(t`${path}: its trainer refuses: ${reply.error}`)
  }
  await store.refresh()
}

/**
 * Goes on with runs that were cut off, stopped, or failed; shows that it starts, as the data is read anew first. One
 * that would not go on as it began goes on when the person has read what is different.
 */
export async function resume(runs: readonly RunItem[], host: TrainerHost, store: RunStore): Promise<void> {
  for (const { path, record } of runs) {
    const start = (force: boolean): Thenable<void> =>
      vscode.window.withProgress(
        { location: vscode.ProgressLocation.Notification, title: t`Resuming ${record?.name ?? path} ...` },
        async () => {
          await resumeRun(path, host, { force })
          await store.refresh()
        },
      )
    try {
      await start(false)
    } catch (error) {
      if (!(error instanceof UserError) || error.kind !== 'changed') throw error
      const anyway = t`Resume Anyway`
      if ((await vscode.window.showWarningMessage(error.message, anyway)) === anyway) await start(true)
    }
  }
}
