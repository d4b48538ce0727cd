import * as vscode from 'vscode'

/** Opens a file as text with a line selected, beside the panel or where it is open already. */
export async function openLine(path: string, line: number): Promise<void> {
  const uri = vscode.Uri.file(path)
  const document = await vscode.workspace.openTextDocument(uri)
  const at = document.lineAt(Math.min(Math.max(0, line - 1), document.lineCount - 1)).range
  const column =
    vscode.window.visibleTextEditors.find((editor) => editor.document === document)?.viewColumn ??
    vscode.ViewColumn.Beside
  const editor = await vscode.window.showTextDocument(document, { viewColumn: column, selection: at })
  editor.revealRange(at, vscode.TextEditorRevealType.InCenter)
}
