import { extname } from 'node:path'
import * as vscode from 'vscode'
import { t } from '../../shared/l10n.ts'

const EXTENSIONS = ['csv', 'tsv', 'jsonl', 'json', 'parquet', 'xlsx']

const isData = ({ scheme, fsPath }: vscode.Uri): boolean =>
  scheme === 'file' && EXTENSIONS.includes(extname(fsPath).slice(1).toLowerCase())

const uris = (value: unknown): vscode.Uri[] =>
  (Array.isArray(value) ? value : [value]).filter((one: unknown) => one instanceof vscode.Uri)

/**
 * The files that a command means: those selected in the explorer, the one clicked, the one that is open, else what a
 * person picks. Empty: they picked none.
 */
export async function chooseFiles(
  clicked: unknown,
  selected: unknown,
  openLabel = t`Fine-tune`,
): Promise<string[]> {
  const [many, one] = [uris(selected).filter(isData), uris(clicked)]
  const asked = many.length > 1 ? many : one
  if (asked.length > 0) return asked.map(({ fsPath }) => fsPath)
  const open = openFile()
  if (open !== null && isData(open)) return [open.fsPath]
  const picked = await vscode.window.showOpenDialog({
    canSelectMany: true,
    openLabel,
    title: t`Files of texts and labels`,
    filters: { [t`Tables`]: EXTENSIONS },
  })
  return picked?.map(({ fsPath }) => fsPath) ?? []
}

/** Also a file that is shown by another extension's editor. */
function openFile(): vscode.Uri | null {
  const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input
  return input instanceof vscode.TabInputText || input instanceof vscode.TabInputCustom ? input.uri : null
}
