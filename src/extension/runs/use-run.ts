import * as vscode from 'vscode'
import { t } from '../../shared/l10n.ts'
import { isTable } from '../classify/choose-model.ts'
import { filesOf, type NewEntry, writeEntry } from '../classify/write-setting.ts'
import type { RunItem } from './run-item.ts'

/** Lets a run's model label files in the editor: which ones is asked, the rest has its default. */
export async function useRun({ path, record }: RunItem): Promise<void> {
  const files = await pickFiles()
  if (files === undefined) return
  const folder =
    vscode.workspace.getWorkspaceFolder(vscode.Uri.file(path)) ?? vscode.workspace.workspaceFolders?.[0]
  const { unit, ...which } = files
  const column = unit === 'column' ? record?.data.text : undefined
  const entry: NewEntry = { model: path, ...which, unit, ...(column === undefined ? {} : { column }) }
  await writeEntry(entry, folder)
  await vscode.window.showInformationMessage(
    t`${record?.name ?? path} now labels ${which.files ?? which.language ?? ''}. Rest the mouse on a text to see its label.`,
  )
}

type Files = Pick<NewEntry, 'files' | 'language' | 'unit'>

async function pickFiles(): Promise<Files | undefined> {
  const document = vscode.window.activeTextEditor?.document
  const own = document === undefined ? [] : ofDocument(document)
  const known = new Set(own.map(({ files }) => files.files))
  const usual = [
    { label: t`Text Files`, description: '**/*.txt', files: { files: '**/*.txt', unit: 'line' as const } },
    {
      label: t`Markdown Files`,
      description: '**/*.md',
      files: { files: '**/*.md', unit: 'paragraph' as const },
    },
    { label: t`CSV Files`, description: '**/*.csv', files: { files: '**/*.csv', unit: 'column' as const } },
  ].filter(({ files }) => !known.has(files.files))
  const other = { label: t`Other Files ...`, description: t`by a pattern`, files: null }
  const picked = await vscode.window.showQuickPick([...own, ...usual, other], {
    title: t`Which files are labelled by this model?`,
  })
  if (picked === undefined) return undefined
  if (picked.files !== null) return picked.files
  const pattern = await vscode.window.showInputBox({ title: t`Pattern of the files`, value: '**/*.txt' })
  return pattern?.trim() ? { files: pattern.trim(), unit: 'line' } : undefined
}

function ofDocument(document: vscode.TextDocument): { label: string; description: string; files: Files }[] {
  const { alone, alike } = filesOf(document)
  const unit = isTable(document) ? 'column' : 'line'
  return [
    { label: t`This File`, description: alone.files ?? alone.language ?? '', files: { ...alone, unit } },
    ...(alike === null
      ? []
      : [{ label: t`All Files of This Kind`, description: alike, files: { files: alike, unit } as Files }]),
  ]
}
