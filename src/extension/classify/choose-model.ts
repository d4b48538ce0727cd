import { existsSync } from 'node:fs'
import { extname } from 'node:path'
import * as vscode from 'vscode'
import { modelFolderOf } from '../../run/model-folder.ts'
import { UserError } from '../../shared/error.ts'
import { t } from '../../shared/l10n.ts'
import { type RunItem, stateOf } from '../runs/run-item.ts'
import type { ActiveModels } from './active-models.ts'
import { modelName } from './model-reference.ts'
import type { UnitKind } from './setting.ts'
import { filesOf, type NewEntry, removeEntry, writeEntry } from './write-setting.ts'

/** What is chosen: a model's folder, or that there is to be none. */
type Choice = { readonly model: string; readonly column?: string } | 'none'

/** Asks which model is active for a document, and writes it into the setting. Resolves with whether there is one. */
export async function chooseModel(
  document: vscode.TextDocument,
  models: ActiveModels,
  runs: readonly RunItem[],
): Promise<boolean> {
  const folder = vscode.workspace.getWorkspaceFolder(document.uri)
  const { alone, alike } = filesOf(document)
  const configured = models.configuredFor(document)
  const isAlone =
    configured !== null && configured.files === alone.files && configured.language === alone.language
  const choice = await pickModel(runs, isAlone)
  if (choice === null) return false
  if (choice === 'none') {
    await removeEntry(alone, folder)
    return false
  }
  const unit = await pickUnit(document)
  if (unit === null) return false
  const files = alike === null ? alone : await pickFiles(alone, alike)
  if (files === null) return false
  const entry: NewEntry = { model: choice.model, ...files, unit }
  // The column that the model was trained on, where the file may have it too: else it is found.
  const column = unit === 'column' ? columnIn(document, choice.column) : undefined
  await writeEntry(column === undefined ? entry : { ...entry, column }, folder)
  if (!models.isOn) await models.setOn(true)
  return true
}

/** Asks for a model without writing it anywhere. null: nothing was chosen. */
export async function pickModel(runs: readonly RunItem[], isRemovable = false): Promise<Choice | null> {
  type Item = vscode.QuickPickItem & { readonly choice?: Choice | 'folder' }
  const done = runs.filter((run) => stateOf(run) === 'done').toReversed()
  const items: Item[] = [
    ...done.map(({ path, record }) => ({
      label: record?.name ?? modelName(path),
      description: record?.data.labels.join(', ') ?? '',
      detail: vscode.workspace.asRelativePath(path),
      choice: { model: path, ...(record === null ? {} : { column: record.data.text }) },
    })),
    { label: '', kind: vscode.QuickPickItemKind.Separator },
    { label: t`Choose a Folder ...`, description: t`of a run or an exported model`, choice: 'folder' },
    ...(isRemovable ? [{ label: t`No Model for This File`, choice: 'none' as const }] : []),
  ]
  const picked = await vscode.window.showQuickPick(items, {
    placeHolder: done.length === 0 ? t`No run is finished yet` : t`Which model?`,
    matchOnDescription: true,
    matchOnDetail: true,
  })
  if (picked?.choice === undefined) return null
  return picked.choice === 'folder' ? pickFolder() : picked.choice
}

async function pickFolder(): Promise<Choice | null> {
  const [picked] =
    (await vscode.window.showOpenDialog({
      canSelectFolders: true,
      canSelectFiles: false,
      openLabel: t`Use This Model`,
    })) ?? []
  if (picked === undefined) return null
  const folder = modelFolderOf(picked.fsPath)
  if (!existsSync(`${folder}/config.json`))
    throw new UserError(t`${picked.fsPath}: there is no model in this folder; choose another model`)
  return { model: picked.fsPath }
}

async function pickUnit(document: vscode.TextDocument): Promise<UnitKind | null> {
  if (isTable(document)) return 'column'
  const items = [
    { label: t`Each Line`, unit: 'line' as const },
    { label: t`Each Sentence`, unit: 'sentence' as const },
    { label: t`Each Paragraph`, description: t`up to a blank line`, unit: 'paragraph' as const },
  ]
  const picked = await vscode.window.showQuickPick(items, { placeHolder: t`What is classified?` })
  return picked?.unit ?? null
}

async function pickFiles(
  alone: Pick<NewEntry, 'files' | 'language'>,
  alike: string,
): Promise<Pick<NewEntry, 'files' | 'language'> | null> {
  const items = [
    { label: t`This File`, description: alone.files ?? '', files: alone },
    { label: t`All Files of This Kind`, description: alike, files: { files: alike } },
  ]
  const picked = await vscode.window.showQuickPick(items, { placeHolder: t`For which files?` })
  return picked?.files ?? null
}

export const isTable = (document: vscode.TextDocument): boolean =>
  /^\.(csv|tsv|tab)$/i.test(extname(document.fileName))

function columnIn(document: vscode.TextDocument, column: string | undefined): string | undefined {
  const header = document.lineAt(0).text
  return column !== undefined && header.includes(column) ? column : undefined
}
