import { existsSync, readFileSync } from 'node:fs'
import { copyFile, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import * as vscode from 'vscode'
import { t } from '../../shared/l10n.ts'
import type { TrainerHost } from '../trainer/launch.ts'
import { startRun } from '../trainer/start-run.ts'
import { runsFolderFor } from '../trainer/trainer-host.ts'
import type { RunStore } from './run-store.ts'

const SAMPLE = 'reviews.csv'

/**
 * Trains on the sample that comes with Finesse. Its copy lies in the workspace folder, as a file of one's own would;
 * with no folder open copy and run are kept by the extension, and where is said.
 */
export async function trySample(
  context: vscode.ExtensionContext,
  host: TrainerHost,
  store: RunStore,
): Promise<void> {
  const folder = vscode.workspace.workspaceFolders?.find(({ uri }) => uri.scheme === 'file')
  const file = await copySample(
    context,
    folder?.uri.fsPath ?? join(context.globalStorageUri.fsPath, 'samples'),
  )
  const out = runsFolderFor(vscode.Uri.file(file), context)
  const run = await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title: t`Starting to train on ${SAMPLE} ...` },
    () => startRun({ files: [file], options: {} }, { host, out }),
  )
  await store.refresh()
  await vscode.commands.executeCommand('finesse.openRun', run)
  if (folder === undefined)
    void vscode.window.showInformationMessage(t`No folder is open, so the run is kept in ${run}.`)
}

/** A file of that name with other content is left alone. */
async function copySample(context: vscode.ExtensionContext, folder: string): Promise<string> {
  const source = context.asAbsolutePath(join('media', 'samples', SAMPLE))
  await mkdir(folder, { recursive: true })
  for (let n = 1; ; n++) {
    const file = join(folder, n === 1 ? SAMPLE : SAMPLE.replace('.', `-${n}.`))
    if (!existsSync(file)) {
      await copyFile(source, file)
      return file
    }
    if (readFileSync(file).equals(readFileSync(source))) return file
  }
}
