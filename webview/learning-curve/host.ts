import * as v from 'valibot'
import { type FromCurve, ToCurve } from '../../src/shared/curve-page.ts'

declare function acquireVsCodeApi(): { postMessage(message: unknown): void }

const vscode = acquireVsCodeApi()

export const tell = (message: FromCurve): void => vscode.postMessage(message)

/** Calls with each message of the extension. */
export const listen = (take: (message: ToCurve) => void): void => {
  addEventListener('message', ({ data }) => {
    const parsed = v.safeParse(ToCurve, data)
    if (parsed.success) take(parsed.output)
    else console.error('not a message of the extension', data, parsed.issues)
  })
  tell({ type: 'ready' })
}
