import * as vscode from 'vscode'
import { t } from '../../shared/l10n.ts'
import { type RunItem, stateOf } from './run-item.ts'
import type { RunStore } from './run-store.ts'
import { runDescription, shareText } from './run-words.ts'

/** An item in the status bar while something trains; a click opens the run. */
export function showInStatusBar(store: RunStore): vscode.Disposable {
  const item = vscode.window.createStatusBarItem('finesse.training', vscode.StatusBarAlignment.Left, 10)
  item.name = t`Finesse training`
  const show = (): void => {
    const alive = store.runs.filter((run) => run.alive)
    const first = alive.find((run) => stateOf(run) === 'running') ?? alive.at(0)
    if (first === undefined) {
      item.hide()
      return
    }
    item.text = statusText(first, alive.length - 1)
    item.tooltip = alive.map((run) => `${run.record?.name ?? run.path}: ${runDescription(run)}`).join('\n')
    item.command = { command: 'finesse.openRun', title: t`Open Run`, arguments: [first.path] }
    item.accessibilityInformation = { label: `Finesse: ${item.tooltip}`, role: 'button' }
    item.show()
  }
  const listening = store.onDidChange(show)
  show()
  return vscode.Disposable.from(item, listening)
}

function statusText(run: RunItem, others: number): string {
  const icon =
    stateOf(run) === 'paused' ? '$(debug-pause)' : stateOf(run) === 'waiting' ? '$(clock)' : '$(play-circle)'
  const share = shareText(run)
  const text = [icon, run.record?.name ?? '', ...(share === null ? [] : [share])].join(' ')
  return others === 0 ? text : t`${text}, ${others} more`
}
