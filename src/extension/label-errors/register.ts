import { join } from 'node:path'
import * as v from 'valibot'
import * as vscode from 'vscode'
import { CheckedFile } from '../../shared/check-page.ts'
import { UserError } from '../../shared/error.ts'
import { t } from '../../shared/l10n.ts'
import { registerCommand } from '../command.ts'
import { chooseFiles } from '../panel/choose-files.ts'
import type { TrainerHost } from '../trainer/launch.ts'
import { CheckPanel, type CheckServices } from './check-panel.ts'

const CHECK_TYPE = 'finesse.check'

/** Wires the check of a file's labels: its command, and the pages of before a reload. */
export function registerLabelCheck(
  context: vscode.ExtensionContext,
  log: vscode.LogOutputChannel,
  host: TrainerHost,
): void {
  const panels = new Set<CheckPanel>()
  const services: CheckServices = {
    extension: context.extensionUri,
    log,
    host,
    storage: join(context.globalStorageUri.fsPath, 'checks'),
  }
  const open = (panel: vscode.WebviewPanel, checked: CheckedFile): void => {
    const opened = new CheckPanel(panel, checked, services)
    panels.add(opened)
    opened.onDidDispose(() => panels.delete(opened))
  }
  context.subscriptions.push(
    registerCommand('finesse.checkLabels', log, async (clicked, selected) => {
      if (!vscode.workspace.isTrusted)
        throw new UserError(t`This folder is not trusted, so nothing is trained and no model is loaded.`)
      const checked = await fileToCheck(clicked, selected)
      if (checked === null) return
      const there = [...panels].find(({ file }) => file === checked.file)
      if (there !== undefined) return there.reveal()
      open(vscode.window.createWebviewPanel(CHECK_TYPE, 'Finesse', vscode.ViewColumn.Active), checked)
    }),
    vscode.window.registerWebviewPanelSerializer(CHECK_TYPE, {
      async deserializeWebviewPanel(panel, state: unknown) {
        const kept = v.safeParse(CheckedFile, state)
        if (kept.success) open(panel, kept.output)
        else panel.dispose()
      },
    }),
    {
      dispose: () => {
        for (const panel of [...panels]) panel.dispose()
      },
    },
  )
}

/** What a panel names with its columns, or what `chooseFiles` finds; null: nothing was picked. */
async function fileToCheck(clicked: unknown, selected: unknown): Promise<CheckedFile | null> {
  const named = v.safeParse(CheckedFile, clicked)
  if (named.success) return named.output
  const [file] = await chooseFiles(clicked, selected, t`Check Labels`)
  return file === undefined ? null : { file, roles: null }
}
