import { basename } from 'node:path'
import * as vscode from 'vscode'
import { t } from '../../shared/l10n.ts'

/** Asks for a file to be saved that is open with changes. Resolves with whether the disk has what the editor shows. */
export async function savedFirst(path: string): Promise<boolean> {
  const document = vscode.workspace.textDocuments.find(
    ({ isDirty, uri }) => isDirty && uri.scheme === 'file' && uri.fsPath === path,
  )
  if (document === undefined) return true
  const save = t`Save`
  const picked = await vscode.window.showWarningMessage(
    t`${basename(path)} has changes that are not saved. Labels are mended in the file itself: save it first.`,
    { modal: true },
    save,
  )
  return picked === save && (await document.save())
}
