import { existsSync } from 'node:fs'
import { basename, join } from 'node:path'
import * as vscode from 'vscode'
import { t } from '../../shared/l10n.ts'
import { crashFacts } from './crash.ts'
import type { OwnRuns } from './own-runs.ts'
import { type RunItem, type RunState, stateOf } from './run-item.ts'
import type { RunStore } from './run-store.ts'
import { scoreText } from './run-words.ts'

/**
 * Says how runs ended that were seen alive, or were started from this workspace before it was closed: a crash with
 * what is known of it and the offer to resume; a failure; that a model is there.
 */
export function tellEnds(store: RunStore, own: OwnRuns, log: vscode.LogOutputChannel): vscode.Disposable {
  const seen = new Map<string, RunState>()
  const look = (): void => {
    for (const run of store.runs) {
      const state = stateOf(run)
      const before = seen.get(run.path)
      seen.set(run.path, state)
      const wasAlive = before === 'running' || before === 'paused' || before === 'waiting'
      if (run.alive || before === state) continue
      if (!wasAlive && !(before === undefined && own.paths.includes(run.path))) continue
      void own.remove(run.path)
      tellEnd(run, state).then(undefined, (error: unknown) => log.error(String(error)))
    }
  }
  look()
  return store.onDidChange(look)
}

async function tellEnd(run: RunItem, state: RunState): Promise<void> {
  const { record, path } = run
  if (record === null) return
  const open = t`Open Run`
  const resume = t`Resume`
  const log = t`Show Log`
  let answer: string | undefined
  if (state === 'crashed')
    answer = await vscode.window.showWarningMessage(
      [t`The training of ${record.name} stopped unexpectedly.`, ...crashFacts(path, record)].join(' '),
      resume,
      log,
    )
  else if (state === 'failed')
    answer = await vscode.window.showErrorMessage(
      t`The training of ${record.name} failed: ${record.error ?? ''}`,
      ...(existsSync(join(path, 'checkpoints', 'last.json')) ? [resume] : []),
      log,
    )
  else if (state === 'done')
    answer = await vscode.window.showInformationMessage(
      record.test === null
        ? t`${record.name} is trained.`
        : t`${record.name} is trained: ${scoreText(record.test)} on rows of ${basename(record.data.train.path)} that it has not seen.`,
      open,
    )
  if (answer === open) await vscode.commands.executeCommand('finesse.openRun', path)
  if (answer === resume) await vscode.commands.executeCommand('finesse.resumeRun', path)
  if (answer === log) await vscode.commands.executeCommand('finesse.showRunLog', path)
}
