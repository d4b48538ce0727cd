import * as vscode from 'vscode'
import { type RunState, stateOf } from './run-item.ts'
import type { RunStore } from './run-store.ts'

/** What can be asked of a run, by the states in which it can. */
export const ALLOWED = {
  stop: ['running', 'paused', 'waiting'],
  pause: ['running'],
  continue: ['paused'],
  resume: ['crashed', 'interrupted', 'failed'],
  rename: ['crashed', 'interrupted', 'failed', 'done'],
  delete: ['damaged', 'crashed', 'interrupted', 'failed', 'done'],
  open: ['waiting', 'running', 'paused', 'crashed', 'interrupted', 'failed', 'done'],
  finished: ['done'],
  any: ['damaged', 'waiting', 'running', 'paused', 'crashed', 'interrupted', 'failed', 'done'],
} as const satisfies Readonly<Record<string, readonly RunState[]>>
export type Allowed = keyof typeof ALLOWED

/** The keys by which commands are offered only where they can work: `finesse.runs.<what>` is how many runs allow it. */
export function keepContextKeys(store: RunStore): vscode.Disposable {
  const told = new Map<string, number>()
  const tell = (): void => {
    for (const [what, states] of Object.entries<readonly RunState[]>(ALLOWED)) {
      const count = store.runs.filter((run) => states.includes(stateOf(run))).length
      if (told.get(what) === count) continue
      told.set(what, count)
      void vscode.commands.executeCommand('setContext', `finesse.runs.${what}`, count)
    }
  }
  tell()
  return store.onDidChange(tell)
}
