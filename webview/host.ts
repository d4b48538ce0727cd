import * as v from 'valibot'
import { type FromPage, PageState, ToPage } from '../src/shared/page.ts'
import { listenTo } from './parts/messages.ts'

/** What VS Code gives a page; it may be asked for once. */
interface VsCode {
  postMessage(message: unknown): void
  getState(): unknown
  setState(state: unknown): void
}

declare const acquireVsCodeApi: () => VsCode

const vscode = acquireVsCodeApi()

/** Tells the extension. */
export const send = (message: FromPage): void => vscode.postMessage(message)

/** Calls for each message of the extension. */
export const listen = (take: (message: ToPage) => void): void => listenTo(ToPage, take)

/** What the page kept when it was last shown; null: it is new. */
export function keptState(): PageState | null {
  const state = v.safeParse(PageState, vscode.getState())
  return state.success ? state.output : null
}

export const keepState = (state: PageState): void => vscode.setState(state)
