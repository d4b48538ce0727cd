import { existsSync } from 'node:fs'
import * as vscode from 'vscode'
import { UserError } from '../../shared/error.ts'
import { t } from '../../shared/l10n.ts'

/** Opens a file as text with a line selected, beside the panel or where it is open already. */
export async function openLine(path: string, line: number): Promise<void> {
  if (!existsSync(path)) throw new UserError(t`${path}: the file is not there any more`)
  const uri = vscode.Uri.file(path)
  const document = await vscode.workspace.openTextDocument(uri)
  const at = document.lineAt(Math.min(Math.max(0, line - 1), document.lineCount - 1)).range
  const column =
    vscode.window.visibleTextEditors.find((editor) => editor.document === document)?.viewColumn ??
    vscode.ViewColumn.Beside
  const editor = await vscode.window.showTextDocument(document, { viewColumn: column, selection: at })
  editor.revealRange(at, vscode.TextEditorRevealType.InCenter)
}
