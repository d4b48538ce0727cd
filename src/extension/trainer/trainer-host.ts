import { join } from 'node:path'
import * as vscode from 'vscode'
import { UserError } from '../../shared/error.ts'
import { t } from '../../shared/l10n.ts'
import { Emitter } from '../event.ts'
import type { TrainerHost } from './launch.ts'
import { findNode, thisProcess } from './node-binary.ts'

export interface EditorTrainerHost extends TrainerHost {
  /** The folder of each run that was started, or goes on, from this window. */
  readonly onDidStart: vscode.Event<string>
}

/** What starting a trainer needs, from the editor: its settings, the extension's folders, its log. */
export function trainerHost(
  context: vscode.ExtensionContext,
  log: vscode.LogOutputChannel,
): EditorTrainerHost {
  const didStart = new Emitter<string>()
  context.subscriptions.push(didStart)
  return {
    script: context.asAbsolutePath(join('dist', 'cli.js')),
    storage: join(context.globalStorageUri.fsPath, 'trainer'),
    node: async () => {
      if (!vscode.workspace.isTrusted)
        throw new UserError(t`This folder is not trusted, so nothing is trained and no model is loaded.`)
      return findNode({
        setting: settings().get('nodePath', '').trim(),
        searchPath: process.env.PATH ?? '',
        own: thisProcess(),
      })
    },
    variables: () => {
      const endpoint = settings().get('hubEndpoint', '').trim()
      const tfjs = settings().get('tfjsPath', '').trim()
      return {
        FINESSE_LANG: vscode.env.language,
        ...(endpoint === '' ? {} : { HF_ENDPOINT: endpoint }),
        ...(tfjs === '' ? {} : { FINESSE_TFJS: tfjs }),
      }
    },
    isQueued: () => settings().get('oneTrainingAtATime', true),
    log: (line) => log.info(line),
    started: (run) => didStart.fire(run),
    onDidStart: didStart.event,
  }
}

const settings = (): vscode.WorkspaceConfiguration => vscode.workspace.getConfiguration('finesse')

/** Where runs are kept that belong to no workspace folder: the extension's own storage. */
export const storedRuns = (context: vscode.ExtensionContext): string =>
  join(context.globalStorageUri.fsPath, 'runs')

/** Where the runs of a file are kept: in its workspace folder, else in the extension's storage. */
export function runsFolderFor(file: vscode.Uri, context: vscode.ExtensionContext): string {
  const folder = vscode.workspace.getWorkspaceFolder(file)
  return folder?.uri.scheme === 'file' ? join(folder.uri.fsPath, '.finesse', 'runs') : storedRuns(context)
}
