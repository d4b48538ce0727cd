import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import * as vscode from 'vscode'
import { UserError } from '../../shared/error.ts'
import { t } from '../../shared/l10n.ts'
import type { TextDocuments } from '../text-documents.ts'
import { callTrainer } from '../trainer/call.ts'
import type { TrainerHost } from '../trainer/launch.ts'
import { commandLine, trainWords } from './command-line.ts'
import type { RunItem } from './run-item.ts'
import type { RunStore } from './run-store.ts'
import { runDescription } from './run-words.ts'

/** Two finished runs side by side, as a document; the second is asked for where one is given. */
export async function compare(
  runs: readonly RunItem[],
  host: TrainerHost,
  store: RunStore,
  documents: TextDocuments,
): Promise<void> {
  const [first, given] = runs
  if (first === undefined) return
  const second = given ?? (await askOther(first, store))
  if (second === undefined) return
  // As they were made: differences are of the second less the first.
  const [older, newer] = [first, second].toSorted((a, b) => createdOf(a).localeCompare(createdOf(b)))
  if (older === undefined || newer === undefined) return
  const text = await callTrainer(['compare', '--', older.path, newer.path], host, dirname(older.path))
  await documents.show(t`${nameOf(older)} and ${nameOf(newer)} compared`, text)
}

async function askOther(first: RunItem, store: RunStore): Promise<RunItem | undefined> {
  const others = store.runs.filter(({ record, path }) => record?.status === 'done' && path !== first.path)
  if (others.length === 0) throw new UserError(t`There is no other finished run to compare it with.`)
  const file = first.record?.data.train.path
  const items = others
    .toReversed()
    .toSorted(
      (a, b) => Number(a.record?.data.train.path !== file) - Number(b.record?.data.train.path !== file),
    )
    .map((run) => ({
      label: nameOf(run),
      description: runDescription(run),
      detail: vscode.workspace.asRelativePath(run.path),
      run,
    }))
  const picked = await vscode.window.showQuickPick(items, { title: t`Compare ${nameOf(first)} with` })
  return picked?.run
}

export async function showLog({ path }: RunItem): Promise<void> {
  const log = join(path, 'log.txt')
  if (!existsSync(log)) throw new UserError(t`${path}: this run has no log yet`)
  await vscode.window.showTextDocument(vscode.Uri.file(log))
}

export const reveal = ({ path }: RunItem): Thenable<unknown> =>
  vscode.env.remoteName === undefined
    ? vscode.commands.executeCommand('revealFileInOS', vscode.Uri.file(path))
    : vscode.commands.executeCommand('revealInExplorer', vscode.Uri.file(path))

/** The line with which a run is started again in a terminal of this machine. */
export async function copyCommandLine({ record, path }: RunItem, host: TrainerHost): Promise<void> {
  if (record === null) throw new UserError(t`${path}: its record can't be read`)
  const folder = vscode.workspace.getWorkspaceFolder(vscode.Uri.file(record.data.train.path))
  const line = commandLine(await host.node(), host.script, trainWords(record, folder?.uri.fsPath ?? null))
  await vscode.env.clipboard.writeText(line)
  vscode.window.setStatusBarMessage(t`Copied as a command line`, 4000)
}

const nameOf = ({ record, path }: RunItem): string => record?.name ?? path
const createdOf = ({ record }: RunItem): string => record?.created ?? ''
