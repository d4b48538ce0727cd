import { type FromLabelling, type LabellingPage, ToLabelling } from '../../src/shared/labelling.ts'
import { listenTo } from '../parts/messages.ts'

declare function acquireVsCodeApi(): { postMessage(message: unknown): void; setState(state: unknown): void }

const vscode = acquireVsCodeApi()

export const tell = (message: FromLabelling): void => vscode.postMessage(message)

/** What the extension is given back after a reload of the window. */
export const keep = (page: LabellingPage): void => vscode.setState(page)

/** Calls with each message of the extension. */
export const listen = (take: (message: ToLabelling) => void): void => {
  listenTo(ToLabelling, take)
  tell({ type: 'ready' })
}
