import { basename } from 'node:path'
import * as vscode from 'vscode'
import { UserError } from '../../shared/error.ts'
import { t } from '../../shared/l10n.ts'
import { findTestRow, type TestRow } from './find-test-row.ts'
import { openLine } from './open-line.ts'

/**
 * Opens a test row of a run: in the text editor at its line, or where VS Code can't open its file by `showInTable`,
 * which says whether it can. Says where the row is another than it was.
 */
export async function openTestRow(asked: TestRow, showInTable: (row: number) => boolean): Promise<void> {
  const { line, warning } = await findTestRow(asked)
  if (line !== null) await openLine(asked.path, line)
  else if (!showInTable(asked.row))
    throw new UserError(
      t`${basename(asked.path)}: row ${asked.row} cannot be shown, as VS Code opens this file as no text; run Finesse: Fine-tune on This File to see its rows`,
    )
  if (warning !== null) void vscode.window.showWarningMessage(warning)
}
