import { type FromClassified, ToClassified } from '../../src/shared/classified-page.ts'
import { listenTo } from '../parts/messages.ts'

declare function acquireVsCodeApi(): { postMessage(message: unknown): void }

const vscode = acquireVsCodeApi()

export const tell = (message: FromClassified): void => vscode.postMessage(message)

/** Calls with each message of the extension. */
export const listen = (take: (message: ToClassified) => void): void => {
  listenTo(ToClassified, take)
  tell({ type: 'ready' })
}
