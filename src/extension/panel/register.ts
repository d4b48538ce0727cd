import { existsSync } from 'node:fs'
import { isAbsolute } from 'node:path'
import * as v from 'valibot'
import * as vscode from 'vscode'
import { readRecord } from '../../run/folder.ts'
import { UserError } from '../../shared/error.ts'
import { t } from '../../shared/l10n.ts'
import { PageState } from '../../shared/page.ts'
import type { RunStore } from '../runs/run-store.ts'
import type { TrainerHost } from '../trainer/launch.ts'
import { resumeRun } from '../trainer/start-run.ts'
import { chooseFiles } from './choose-files.ts'
import { FineTunePanel, PANEL_TYPE } from './fine-tune-panel.ts'
import { createRunPart } from './run-part.ts'
import type { PanelServices } from './services.ts'

const RECENT = 5

/** The panels: the commands that open one, and those of before a reload. */
export function registerPanels(
  context: vscode.ExtensionContext,
  log: vscode.LogOutputChannel,
  host: TrainerHost,
  runs: RunStore,
): void {
  const panels = new Set<FineTunePanel>()
  const services: PanelServices = {
    context,
    log,
    host,
    followRun: (path, post, openRow) =>
      createRunPart(path, post, {
        openRow,
        openReport: async (run) => void (await vscode.commands.executeCommand('finesse.openReport', run)),
        resume: async (run, force) => {
          if (!vscode.workspace.isTrusted)
            throw new UserError(t`This workspace is not trusted: nothing is trained in it.`)
          await resumeRun(run, host, { force })
        },
        log: (error) => log.error(error instanceof Error ? error : String(error)),
      }),
    recentModels: () => recentModels(runs),
    isLocalModel: (model) => isAbsolute(model) && existsSync(model),
    closed: (panel) => panels.delete(panel),
  }
  const open = (panel: vscode.WebviewPanel, state: PageState): FineTunePanel => {
    const opened = new FineTunePanel(panel, state, services)
    panels.add(opened)
    return opened
  }
  const create = (files: readonly string[], run: string | null): FineTunePanel =>
    open(
      vscode.window.createWebviewPanel(PANEL_TYPE, 'Finesse', vscode.ViewColumn.Active),
      v.parse(PageState, { files, run }),
    )

  const fineTune = async (clicked?: unknown, selected?: unknown): Promise<void> => {
    const files = await chooseFiles(clicked, selected)
    if (files.length === 0) return
    const same = [...panels].find((panel) => panel.files.join('\n') === files.join('\n'))
    if (same) same.reveal()
    else create(files, null)
  }
  const openRun = (asked: unknown): void => {
    const path = runPath(asked)
    if (path === null) return
    const files = filesOf(path)
    const there =
      [...panels].find(({ run }) => run === path) ??
      [...panels].find((panel) => files.length > 0 && panel.files.join('\n') === files.join('\n'))
    there?.reveal()
    if (there) there.showRun(path)
    else create(files, path)
  }
  context.subscriptions.push(
    vscode.commands.registerCommand('finesse.fineTune', fineTune),
    vscode.commands.registerCommand('finesse.openRun', openRun),
    vscode.window.registerWebviewPanelSerializer(PANEL_TYPE, {
      async deserializeWebviewPanel(panel, state: unknown) {
        const kept = v.safeParse(PageState, state)
        if (kept.success) open(panel, kept.output)
        else panel.dispose()
      },
    }),
    {
      dispose: () => {
        for (const panel of [...panels]) panel.dispose()
      },
    },
  )
}

const RunArgument = v.union([
  v.string(),
  v.pipe(
    v.object({ path: v.string() }),
    v.transform(({ path }) => path),
  ),
  v.pipe(
    v.object({ run: v.object({ path: v.string() }) }),
    v.transform(({ run }) => run.path),
  ),
])

/** A run's folder, as a command is given it: by itself or with an item of the explorer. */
function runPath(asked: unknown): string | null {
  const path = v.safeParse(RunArgument, asked)
  return path.success ? path.output : null
}

/** The files that a run was trained on; none where its record can't be read, which the panel says. */
function filesOf(run: string): string[] {
  try {
    const { train, more } = readRecord(run).data
    return [train, ...more].map(({ path }) => path)
  } catch (error) {
    if (error instanceof UserError || (error instanceof Error && 'code' in error)) return []
    throw error
  }
}

function recentModels(runs: RunStore): string[] {
  const models = runs.runs.flatMap(({ record }) =>
    record === null ? [] : [{ created: record.created, model: record.options.model }],
  )
  models.sort((a, b) => b.created.localeCompare(a.created))
  return [...new Set(models.map(({ model }) => model))]
    .filter((model) => model !== 'embedded' && model !== 'ngram')
    .slice(0, RECENT)
}
