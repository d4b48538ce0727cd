import type * as vscode from 'vscode'
import type { FromPage, ToPage } from '../../shared/page.ts'
import type { TrainerHost } from '../trainer/launch.ts'
import type { TestRow } from './find-test-row.ts'
import type { FineTunePanel } from './fine-tune-panel.ts'

/** What follows a run for a page, from the start, and does what its page asks about it. */
export interface RunPart extends vscode.Disposable {
  take(message: FromPage): Promise<void> | void
}

/** What a panel needs of the extension. */
export interface PanelServices {
  readonly context: vscode.ExtensionContext
  readonly log: vscode.LogOutputChannel
  readonly host: TrainerHost
  followRun(path: string, post: (message: ToPage) => void, openRow: (row: TestRow) => Promise<void>): RunPart
  /** What earlier runs started from, newest first. */
  recentModels(): string[]
  /** Whether a model is a folder on this machine. */
  isLocalModel(model: string): boolean
  closed(panel: FineTunePanel): void
}
