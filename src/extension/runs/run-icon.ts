import * as vscode from 'vscode'
import type { RunState } from './run-item.ts'

/** A state's icon; colour only where it says something too, and never it alone. */
export function runIcon(state: RunState): vscode.ThemeIcon {
  const [icon, color] = ICONS[state]
  return color === undefined
    ? new vscode.ThemeIcon(icon)
    : new vscode.ThemeIcon(icon, new vscode.ThemeColor(color))
}

const ICONS: Readonly<Record<RunState, readonly [icon: string, color?: string]>> = {
  damaged: ['question', 'list.errorForeground'],
  waiting: ['clock'],
  running: ['play-circle', 'charts.blue'],
  paused: ['debug-pause'],
  crashed: ['warning', 'list.warningForeground'],
  interrupted: ['stop-circle'],
  failed: ['error', 'list.errorForeground'],
  done: ['pass', 'testing.iconPassed'],
}
