import { join } from 'node:path'
import * as vscode from 'vscode'
import type { TrainerHost } from './launch.ts'
import { findNode, thisProcess } from './node-binary.ts'

/** What starting a trainer needs, from the editor: its settings, the extension's folders, its log. */
export const trainerHost = (context: vscode.ExtensionContext, log: vscode.LogOutputChannel): TrainerHost => ({
  script: context.asAbsolutePath(join('dist', 'cli.js')),
  storage: join(context.globalStorageUri.fsPath, 'trainer'),
  node: () =>
    findNode({
      setting: settings().get('nodePath', '').trim(),
      searchPath: process.env.PATH ?? '',
      own: thisProcess(),
    }),
  variables: () => {
    const endpoint = settings().get('hubEndpoint', '').trim()
    return endpoint === '' ? {} : { HF_ENDPOINT: endpoint }
  },
  isQueued: () => settings().get('oneTrainingAtATime', true),
  log: (line) => log.info(line),
})

const settings = (): vscode.WorkspaceConfiguration => vscode.workspace.getConfiguration('finesse')

/** Where runs are kept that belong to no workspace folder: the extension's own storage. */
export const storedRuns = (context: vscode.ExtensionContext): string =>
  join(context.globalStorageUri.fsPath, 'runs')

/** Where the runs of a file are kept: in its workspace folder, else in the extension's storage. */
export function runsFolderFor(file: vscode.Uri, context: vscode.ExtensionContext): string {
  const folder = vscode.workspace.getWorkspaceFolder(file)
  return folder?.uri.scheme === 'file' ? join(folder.uri.fsPath, '.finesse', 'runs') : storedRuns(context)
}
