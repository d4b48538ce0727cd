import { extname, isAbsolute, relative, sep } from 'node:path'
import * as vscode from 'vscode'
import type { UnitKind } from './setting.ts'

/** An entry as it is written: what is left out has its default. */
export interface NewEntry {
  readonly model: string
  readonly files?: string
  readonly language?: string
  readonly unit: UnitKind
  readonly column?: string
}

/** Puts an entry first in `finesse.classify`, in place of one for the same files. */
export async function writeEntry(entry: NewEntry, folder: vscode.WorkspaceFolder | undefined): Promise<void> {
  await change(folder, (entries) => [
    { ...entry, model: fromFolder(entry.model, folder) },
    ...entries.filter((other) => !isForSame(other, entry)),
  ])
}

/** Takes the entries for these files out of the setting. */
export async function removeEntry(
  files: Pick<NewEntry, 'files' | 'language'>,
  folder: vscode.WorkspaceFolder | undefined,
): Promise<void> {
  await change(folder, (entries) => entries.filter((other) => !isForSame(other, files)))
}

/** What the setting calls this document alone, and all that are like it. */
export function filesOf(document: vscode.TextDocument): {
  readonly alone: Pick<NewEntry, 'files' | 'language'>
  /** null: it has no ending. */
  readonly alike: string | null
} {
  if (document.uri.scheme !== 'file') return { alone: { language: document.languageId }, alike: null }
  const ending = extname(document.fileName)
  const folder = vscode.workspace.getWorkspaceFolder(document.uri)
  return {
    alone: { files: literally(fromFolder(document.fileName, folder)) },
    alike: ending === '' ? null : `**/*${literally(ending)}`,
  }
}

async function change(
  folder: vscode.WorkspaceFolder | undefined,
  by: (entries: readonly unknown[]) => readonly unknown[],
): Promise<void> {
  const settings = vscode.workspace.getConfiguration('finesse', folder)
  const found = settings.inspect('classify')
  const several = (vscode.workspace.workspaceFolders?.length ?? 0) > 1
  const [target, value] =
    folder === undefined
      ? ([vscode.ConfigurationTarget.Global, found?.globalValue] as const)
      : several
        ? ([vscode.ConfigurationTarget.WorkspaceFolder, found?.workspaceFolderValue] as const)
        : ([vscode.ConfigurationTarget.Workspace, found?.workspaceValue] as const)
  const entries = by(Array.isArray(value) ? value : [])
  await settings.update('classify', entries.length === 0 ? undefined : entries, target)
}

const isForSame = (other: unknown, { files, language }: Pick<NewEntry, 'files' | 'language'>): boolean =>
  typeof other === 'object' &&
  other !== null &&
  ('files' in other ? other.files : undefined) === files &&
  ('language' in other ? other.language : undefined) === language

/** From the workspace folder where it lies in it, so that the setting holds on other machines. */
function fromFolder(path: string, folder: vscode.WorkspaceFolder | undefined): string {
  if (folder === undefined) return path
  const near = relative(folder.uri.fsPath, path)
  return near === '' || near.startsWith('..') || isAbsolute(near) ? path : near.replaceAll(sep, '/')
}

/** As a glob that means these characters alone. */
const literally = (path: string): string => path.replaceAll(/[*?[\]{}]/g, '[$&]')
