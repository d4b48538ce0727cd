import { type FromCurve, ToCurve } from '../../src/shared/curve-page.ts'
import { listenTo } from '../parts/messages.ts'

declare function acquireVsCodeApi(): { postMessage(message: unknown): void }

const vscode = acquireVsCodeApi()

export const tell = (message: FromCurve): void => vscode.postMessage(message)

/** Calls with each message of the extension. */
export const listen = (take: (message: ToCurve) => void): void => {
  listenTo(ToCurve, take)
  tell({ type: 'ready' })
}
