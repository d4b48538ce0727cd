import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import * as vscode from 'vscode'
import { t } from '../../shared/l10n.ts'
import { callTrainer } from '../trainer/call.ts'
import type { TrainerHost } from '../trainer/launch.ts'
import { commandLine } from './command-line.ts'
import type { RunItem } from './run-item.ts'

/** Opens the report of a finished run in the browser; it is made where a run of an older version has none. */
export async function openReport({ path }: Pick<RunItem, 'path'>, host: TrainerHost): Promise<void> {
  const file = join(path, 'report.html')
  if (!existsSync(file)) await callTrainer(['report', '--html', '--', path], host, dirname(path))
  const uri = vscode.Uri.file(file)
  // A browser on another machine than the file's can't open it.
  if (vscode.env.remoteName === undefined && (await vscode.env.openExternal(uri))) return
  await vscode.commands.executeCommand('revealInExplorer', uri)
  await vscode.window.showInformationMessage(t`The report is ${file}: download it and open it in a browser.`)
}

/** Trains a run again in a terminal, which says whether the same comes out. */
export async function verifyRun({ path, record }: RunItem, host: TrainerHost): Promise<void> {
  const line = commandLine(await host.node(), host.script, ['verify', path])
  const terminal = vscode.window.createTerminal({
    name: t`Verify ${record?.name ?? path}`,
    cwd: dirname(path),
    env: host.variables(),
  })
  terminal.show()
  terminal.sendText(line)
}
