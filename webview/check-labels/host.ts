import { type CheckedFile, type FromCheck, ToCheck } from '../../src/shared/check-page.ts'
import { listenTo } from '../parts/messages.ts'

declare function acquireVsCodeApi(): {
  postMessage(message: unknown): void
  setState(state: unknown): void
}

const vscode = acquireVsCodeApi()

export const tell = (message: FromCheck): void => vscode.postMessage(message)

/** What the editor gives back to the extension when the window is opened again. */
export const keep = (checked: CheckedFile): void => vscode.setState(checked)

/** Calls with each message of the extension. */
export const listen = (take: (message: ToCheck) => void): void => {
  listenTo(ToCheck, take)
  tell({ type: 'ready' })
}
