import * as vscode from 'vscode'
import { isAlive } from '../../run/control.ts'
import { prune } from '../../run/prune.ts'
import { renameRun } from '../../run/rename.ts'
import { sizeOf } from '../../run/size.ts'
import { UserError } from '../../shared/error.ts'
import { t } from '../../shared/l10n.ts'
import type { RunItem } from './run-item.ts'
import type { RunStore } from './run-store.ts'
import { sizeText } from './run-words.ts'

const nameOf = ({ record, path }: RunItem): string => record?.name ?? path

export async function rename(run: RunItem, store: RunStore): Promise<void> {
  const name = await vscode.window.showInputBox({
    title: t`Rename Run`,
    value: nameOf(run),
    validateInput: (value) => (value.trim() === '' ? t`A run needs a name.` : null),
  })
  if (name === undefined || name.trim() === nameOf(run)) return
  await renameRun(run.path, name)
  await store.refresh()
}

/** Asks first; into the trash where there is one, else gone for good, which is said. */
export async function remove(runs: readonly RunItem[], store: RunStore): Promise<void> {
  const what =
    runs.length === 1 && runs[0] !== undefined
      ? t`Delete the run ${nameOf(runs[0])}?`
      : t`Delete ${runs.length} runs?`
  const detail = t`Its model, scores and checkpoints go as well. The data file stays.`
  const toTrash = t`Move to Trash`
  const forGood = t`Delete for Good`
  // A remote machine has no trash.
  const hasTrash = vscode.env.remoteName === undefined
  const answer = await vscode.window.showWarningMessage(
    what,
    { modal: true, detail },
    hasTrash ? toTrash : forGood,
  )
  if (answer === undefined) return
  let useTrash = hasTrash
  for (const { path, record } of runs) {
    if (record !== null && (await isAlive(path)))
      throw new UserError(t`${record.name}: it is being trained; stop it first`)
    const uri = vscode.Uri.file(path)
    try {
      await vscode.workspace.fs.delete(uri, { recursive: true, useTrash })
    } catch (error) {
      if (!useTrash) throw error
      const again = await vscode.window.showWarningMessage(
        t`${record?.name ?? path} could not be moved to the trash. Delete it for good?`,
        { modal: true },
        forGood,
      )
      if (again === undefined) break
      useTrash = false
      await vscode.workspace.fs.delete(uri, { recursive: true, useTrash })
    }
  }
  await store.refresh()
}

/** Says what the runs take, and frees what is of no more use. */
export async function pruneAll(store: RunStore): Promise<void> {
  await store.refresh()
  const idle = store.runs.filter(({ alive, record }) => !alive && record !== null)
  const total = store.runs.reduce((sum, { path }) => sum + sizeOf(path), 0)
  const free = t`Free What Is Not Needed`
  const answer = await vscode.window.showInformationMessage(
    t`Runs: ${store.runs.length}, ${sizeText(total)} on disk`,
    {
      modal: true,
      detail: t`Checkpoints of finished runs and what killed processes left can go. Models, scores and runs that can go on stay.`,
    },
    free,
  )
  if (answer === undefined) return
  let freed = 0
  for (const { path, record } of idle) {
    if (record === null || (await isAlive(path))) continue
    freed += prune(path, record)
  }
  await vscode.window.showInformationMessage(
    freed === 0 ? t`There was nothing to free.` : t`Freed ${sizeText(freed)}.`,
  )
  await store.refresh()
}
