import { basename } from 'node:path'
import * as v from 'valibot'
import * as vscode from 'vscode'
import { CurveRequest } from '../../shared/curve-page.ts'
import { UserError } from '../../shared/error.ts'
import { t } from '../../shared/l10n.ts'
import { registerCommand } from '../command.ts'
import { chooseFiles } from '../panel/choose-files.ts'
import type { TrainerHost } from '../trainer/launch.ts'
import { CurvePanel, type CurveServices } from './curve-panel.ts'

/** Wires the command that shows whether more labels would help. Its page does not outlive the window. */
export function registerLearningCurve(
  context: vscode.ExtensionContext,
  log: vscode.LogOutputChannel,
  host: TrainerHost,
): void {
  const panels = new Set<CurvePanel>()
  const services: CurveServices = { extension: context.extensionUri, log, host }
  context.subscriptions.push(
    registerCommand('finesse.showLearningCurve', log, async (clicked, selected) => {
      if (!vscode.workspace.isTrusted)
        throw new UserError(t`This folder is not trusted, so nothing is trained and no model is loaded.`)
      const request = await curveRequest(clicked, selected)
      if (request === null) return
      const there = [...panels].find(({ files }) => files.join('\n') === request.files.join('\n'))
      if (there !== undefined) return there.reveal(request)
      const title = t`Learning Curve: ${basename(request.files[0] ?? '')}`
      const panel = vscode.window.createWebviewPanel('finesse.curve', title, vscode.ViewColumn.Active)
      const opened = new CurvePanel(panel, request, services)
      panels.add(opened)
      opened.onDidDispose(() => panels.delete(opened))
    }),
    {
      dispose: () => {
        for (const panel of [...panels]) panel.dispose()
      },
    },
  )
}

/** What a panel names with its options, or the files that `chooseFiles` finds; null: none was picked. */
async function curveRequest(clicked: unknown, selected: unknown): Promise<CurveRequest | null> {
  const named = v.safeParse(CurveRequest, clicked)
  if (named.success) return named.output
  const files = await chooseFiles(clicked, selected, t`Show Learning Curve`)
  return files.length === 0 ? null : { files, options: {} }
}
