import * as v from 'valibot'
import { type FromClassified, ToClassified } from '../../src/shared/classified-page.ts'

declare function acquireVsCodeApi(): { postMessage(message: unknown): void }

const vscode = acquireVsCodeApi()

export const tell = (message: FromClassified): void => vscode.postMessage(message)

/** Calls with each message of the extension. */
export const listen = (take: (message: ToClassified) => void): void => {
  addEventListener('message', ({ data }) => {
    const parsed = v.safeParse(ToClassified, data)
    if (parsed.success) take(parsed.output)
  })
  tell({ type: 'ready' })
}
