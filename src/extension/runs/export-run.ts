import { existsSync, readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import * as vscode from 'vscode'
import { slug } from '../../run/folder.ts'
import { t } from '../../shared/l10n.ts'
import { callTrainer } from '../trainer/call.ts'
import type { TrainerHost } from '../trainer/launch.ts'
import type { RunItem } from './run-item.ts'

/** Copies a run's model into a folder that is picked, or into a new one below it where it holds anything. */
export async function exportRun({ path, record }: RunItem, host: TrainerHost): Promise<void> {
  const [picked] =
    (await vscode.window.showOpenDialog({
      canSelectFolders: true,
      canSelectFiles: false,
      openLabel: t`Export Here`,
      title: t`Folder for the model of ${record?.name ?? path}`,
    })) ?? []
  if (picked === undefined) return
  const target = freeFolder(picked.fsPath, slug(record?.name ?? 'model'))
  await callTrainer(['export', '--', path, target], host, dirname(path))
  const show = t`Show Folder`
  const answer = await vscode.window.showInformationMessage(t`The model is in ${target}.`, show)
  if (answer === show) await vscode.commands.executeCommand('revealFileInOS', vscode.Uri.file(target))
}

function freeFolder(folder: string, name: string): string {
  if (readdirSync(folder).length === 0) return folder
  for (let n = 1; ; n++) {
    const path = join(folder, n === 1 ? name : `${name}-${n}`)
    if (!existsSync(path)) return path
  }
}
