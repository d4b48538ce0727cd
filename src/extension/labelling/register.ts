import { basename, join } from 'node:path'
import * as v from 'valibot'
import * as vscode from 'vscode'
import { readRecord } from '../../run/folder.ts'
import { t } from '../../shared/l10n.ts'
import { LabellingPage, LabellingSession } from '../../shared/labelling.ts'
import { registerCommand } from '../command.ts'
import { chooseFiles } from '../panel/choose-files.ts'
import { stateOf } from '../runs/run-item.ts'
import type { RunStore } from '../runs/run-store.ts'
import { storedState, storeState } from '../stored-state.ts'
import type { TrainerHost } from '../trainer/launch.ts'
import { chooseTarget } from './choose-target.ts'
import { LABELLING_TYPE, LabellingPanel, type LabellingServices } from './labelling-panel.ts'

/** The pages on which texts are labelled: the command that opens one, and those of before a reload. */
export function registerLabelling(
  context: vscode.ExtensionContext,
  log: vscode.LogOutputChannel,
  host: TrainerHost,
  runs: RunStore,
): void {
  const storage = join(context.globalStorageUri.fsPath, 'labelling')
  const services: LabellingServices = { context, log, host, storage }
  const panels = new Set<LabellingPanel>()
  const open = (panel: vscode.WebviewPanel, session: LabellingSession): LabellingPanel => {
    const opened = new LabellingPanel(panel, session, services)
    panels.add(opened)
    opened.onDidDispose(() => panels.delete(opened))
    return opened
  }
  const labelTexts = async (clicked?: unknown, selected?: unknown): Promise<void> => {
    const [source] = await chooseFiles(clicked, selected)
    if (source === undefined) return
    const there = [...panels].find((panel) => panel.source === source)
    if (there) return there.reveal()
    await runs.refresh()
    const run = await pickRun(runs)
    if (run === 'cancelled') return
    const record = run === null ? null : readRecord(run)
    const target = await chooseTarget(source, record)
    if (target === null) return
    const title = t`Label: ${basename(source)}`
    const panel = vscode.window.createWebviewPanel(LABELLING_TYPE, title, vscode.ViewColumn.Active)
    const labels = record?.data.labels ?? []
    const session = { source, run, target, labels, items: [], order: [], before: 0 }
    storeState(storage, source, session)
    open(panel, session).choose()
  }
  context.subscriptions.push(
    registerCommand('finesse.labelTexts', log, labelTexts),
    vscode.window.registerWebviewPanelSerializer(LABELLING_TYPE, {
      async deserializeWebviewPanel(panel, state: unknown) {
        const kept = v.safeParse(LabellingPage, state)
        const session = kept.success ? storedState(storage, kept.output.source, LabellingSession) : null
        if (session === null) return panel.dispose()
        const opened = open(panel, session)
        // The window was reloaded before the first texts were chosen.
        if (session.items.length === 0) opened.choose()
      },
    }),
    {
      dispose: () => {
        for (const panel of [...panels]) panel.dispose()
      },
    },
  )
}

/** The run whose model is asked, its folder; null: none, as there is none yet or none is wanted. */
async function pickRun({ runs }: RunStore): Promise<string | null | 'cancelled'> {
  const done = runs.filter((run) => stateOf(run) === 'done').toReversed()
  if (done.length === 0) return null
  const items = [
    ...done.map(({ path, record }) => ({
      label: record?.name ?? basename(path),
      description: record?.data.labels.join(', ') ?? '',
      detail: vscode.workspace.asRelativePath(path),
      run: path,
    })),
    { label: t`No Model`, description: t`texts that differ from one another`, detail: '', run: null },
  ]
  const picked = await vscode.window.showQuickPick(items, {
    placeHolder: t`Which model says what it is unsure of?`,
    matchOnDescription: true,
  })
  return picked === undefined ? 'cancelled' : picked.run
}
