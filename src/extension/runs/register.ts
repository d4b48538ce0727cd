import * as vscode from 'vscode'
import { t } from '../../shared/l10n.ts'
import { registerCommand } from '../command.ts'
import { TextDocuments } from '../text-documents.ts'
import type { EditorTrainerHost } from '../trainer/trainer-host.ts'
import { pruneAll, remove, rename } from './change-commands.ts'
import { type Allowed, keepContextKeys } from './context-keys.ts'
import { request, resume } from './control-commands.ts'
import { tellEnds } from './end-notices.ts'
import { exportRun } from './export-run.ts'
import { askKeepTraining, endTraining } from './keep-training.ts'
import { openReport, verifyRun } from './open-report.ts'
import { OwnRuns } from './own-runs.ts'
import { runPicker } from './pick-run.ts'
import type { RunItem } from './run-item.ts'
import type { RunStore } from './run-store.ts'
import { RunTree } from './run-tree.ts'
import { compare, copyCommandLine, reveal, showLog } from './show-commands.ts'
import { showInStatusBar } from './status-bar.ts'
import { trySample } from './try-sample.ts'
import { useRun } from './use-run.ts'

/**
 * The run explorer: tree, status bar, and what can be done with runs.
 *
 * @returns what is to be done when the editor goes
 */
export function registerRuns(
  context: vscode.ExtensionContext,
  log: vscode.LogOutputChannel,
  host: EditorTrainerHost,
  store: RunStore,
): () => Promise<void> {
  const tree = new RunTree(store)
  const documents = new TextDocuments()
  const own = new OwnRuns(context.workspaceState)
  const picker = runPicker(store, tree)
  type Many = (runs: readonly RunItem[]) => unknown
  const onMany = (id: string, what: Allowed, title: () => string, work: Many): vscode.Disposable =>
    registerCommand(id, log, async (given, selected) => {
      const runs = await picker.pick(what, given, selected, title())
      if (runs.length > 0) await work(runs)
    })
  const onOne = (
    id: string,
    what: Allowed,
    title: () => string,
    work: (run: RunItem) => unknown,
  ): vscode.Disposable => onMany(id, what, title, ([run]) => (run === undefined ? undefined : work(run)))
  const open = ({ path }: RunItem): Thenable<unknown> =>
    vscode.commands.executeCommand('finesse.openRun', path)

  context.subscriptions.push(
    tree,
    documents,
    keepContextKeys(store),
    showInStatusBar(store),
    tellEnds(store, own, log),
    vscode.workspace.onDidChangeWorkspaceFolders(() => store.refresh()),
    host.onDidStart((run) => {
      own.add(run).then(undefined, (error: unknown) => log.error(String(error)))
      void store.refresh()
      void askKeepTraining(context.globalState)
    }),
    onOne('finesse.showRun', 'open', () => t`Open Run`, open),
    onMany(
      'finesse.stopRun',
      'stop',
      () => t`Save and Stop`,
      (runs) => request(runs, 'stop', store),
    ),
    onMany(
      'finesse.pauseRun',
      'pause',
      () => t`Pause`,
      (runs) => request(runs, 'pause', store),
    ),
    onMany(
      'finesse.continueRun',
      'continue',
      () => t`Continue`,
      (runs) => request(runs, 'continue', store),
    ),
    onMany(
      'finesse.resumeRun',
      'resume',
      () => t`Resume`,
      (runs) => resume(runs, host, store),
    ),
    onOne(
      'finesse.renameRun',
      'rename',
      () => t`Rename`,
      (run) => rename(run, store),
    ),
    onMany(
      'finesse.deleteRun',
      'delete',
      () => t`Delete`,
      (runs) => remove(runs, store),
    ),
    onMany(
      'finesse.compareRuns',
      'finished',
      () => t`Compare`,
      (runs) => compare(runs, host, store, documents),
    ),
    onOne('finesse.revealRun', 'any', () => t`Show Folder`, reveal),
    onOne('finesse.showRunLog', 'any', () => t`Show Log`, showLog),
    onOne(
      'finesse.exportRun',
      'finished',
      () => t`Export Model`,
      (run) => exportRun(run, host),
    ),
    onOne(
      'finesse.openReport',
      'finished',
      () => t`Open Report`,
      (run) => openReport(run, host),
    ),
    onOne(
      'finesse.verifyRun',
      'finished',
      () => t`Verify`,
      (run) => verifyRun(run, host),
    ),
    onOne('finesse.useRun', 'finished', () => t`Use for Prediction`, useRun),
    onOne(
      'finesse.copyRunCommand',
      'open',
      () => t`Copy as Command Line`,
      (run) => copyCommandLine(run, host),
    ),
    registerCommand('finesse.pruneRuns', log, () => pruneAll(store)),
    registerCommand('finesse.refreshRuns', log, () => store.refresh()),
    registerCommand('finesse.trySample', log, () => trySample(context, host, store)),
    registerCommand('finesse.showLog', log, () => log.show()),
  )
  void store.refresh()
  own.claimed().then(undefined, (error: unknown) => log.error(String(error)))
  // Not by the subscriptions, which are gone while this is still asking.
  return () => endTraining(own).finally(() => own.dispose())
}
