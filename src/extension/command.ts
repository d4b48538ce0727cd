import * as vscode from 'vscode'
import { UserError } from '../shared/error.ts'
import { t } from '../shared/l10n.ts'

/** A command whose failures a person sees: their own mistake in one line, a defect with the way to its stack. */
export const registerCommand = (
  id: string,
  log: vscode.LogOutputChannel,
  work: (...given: unknown[]) => unknown,
): vscode.Disposable =>
  vscode.commands.registerCommand(id, async (...given: unknown[]) => {
    try {
      await work(...given)
    } catch (error) {
      void tell(error, log)
    }
  })

async function tell(error: unknown, log: vscode.LogOutputChannel): Promise<void> {
  if (error instanceof UserError) {
    log.warn(error.message)
    await vscode.window.showErrorMessage(error.message)
    return
  }
  log.error(error instanceof Error ? (error.stack ?? error.message) : String(error))
  const show = t`Show Log`
  const message = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error)
  if ((await vscode.window.showErrorMessage(t`Finesse failed: ${message}`, show)) === show) log.show()
}
