import * as v from 'valibot'
import { type CheckedFile, type FromCheck, ToCheck } from '../../src/shared/check-page.ts'

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
  addEventListener('message', ({ data }) => {
    const parsed = v.safeParse(ToCheck, data)
    if (parsed.success) take(parsed.output)
    else console.error('not a message of the extension', data, parsed.issues)
  })
  tell({ type: 'ready' })
}
