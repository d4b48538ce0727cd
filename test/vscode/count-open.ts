import childProcess, { type ChildProcess } from 'node:child_process'
import fs from 'node:fs'
import { createRequire } from 'node:module'
import * as vscode from 'vscode'

/** What the extension has open, by kind: listeners, watchers, processes, threads, timers. */
export type Open = Readonly<Record<string, number>>

export interface OpenCounter extends vscode.Disposable {
  /** Kinds of which none is open are left out. */
  open(): Open
  /** The most of each that were open at once. */
  readonly most: Open
}

type Call = (...given: never[]) => unknown

/**
 * Counts what the extension opens from now on and has not closed. What the editor and other extensions open in the
 * same process is none of it: calls are told apart by the script that makes them.
 */
export function countOpen(script: string): OpenCounter {
  const counts = new Map<string, number>()
  const most: Record<string, number> = {}
  const undo: (() => void)[] = []
  const change = (kind: string, by: number): void => {
    const count = (counts.get(kind) ?? 0) + by
    counts.set(kind, count)
    most[kind] = Math.max(most[kind] ?? 0, count)
  }
  /** Counted until the function that is returned is called for the first time. */
  const count = (kind: string): (() => void) => {
    let isOpen = true
    change(kind, 1)
    return () => {
      if (isOpen) change(kind, -1)
      isOpen = false
    }
  }
  const isOurs = (): boolean => new Error().stack?.includes(script) ?? false
  const replace = (from: object, name: string, by: (original: Call) => Call): void => {
    const before = Object.getOwnPropertyDescriptor(from, name)
    const original = read(from, name)
    if (before === undefined || original === null) return
    const value = by(original)
    Object.defineProperty(from, name, { value, configurable: true, enumerable: true, writable: true })
    undo.push(() => Object.defineProperty(from, name, before))
  }

  for (const [space, names] of [
    [vscode.workspace, /^on(Did|Will)|^register/],
    [
      vscode.window,
      /^on(Did|Will)|^register|^createTreeView$|^createStatusBarItem$|^createTextEditorDecorationType$/,
    ],
    [vscode.languages, /^on(Did|Will)|^register|^create/],
    [vscode.commands, /^registerCommand$/],
  ] as const)
    for (const name of Object.keys(space).filter((one) => names.test(one)))
      replace(space, name, (original) => (...given) => {
        const made = original(...given)
        if (!isOurs() || !hasDispose(made)) return made
        const close = count(name)
        const { dispose } = made
        const value = (): unknown => {
          close()
          return Reflect.apply(dispose, made, [])
        }
        if (Object.isFrozen(made)) return Object.create(made, { dispose: { value } })
        made.dispose = value
        return made
      })
  replace(fs, 'watch', (original) => (...given) => {
    const watcher = original(...given)
    if (isOurs() && watcher instanceof Object && 'once' in watcher && typeof watcher.once === 'function')
      watcher.once('close', count('fs.watch'))
    return watcher
  })
  const watched: (() => void)[] = []
  replace(fs, 'watchFile', (original) => (...given) => {
    if (isOurs()) watched.push(count('fs.watchFile'))
    return original(...given)
  })
  replace(fs, 'unwatchFile', (original) => (...given) => {
    if (isOurs()) watched.pop()?.()
    return original(...given)
  })
  for (const name of ['spawn', 'execFile'])
    replace(childProcess, name, (original) => (...given) => {
      const child = original(...given)
      if (isOurs() && isChild(child)) child.once('exit', count('process')).once('error', () => undefined)
      return child
    })
  const threads: typeof import('node:worker_threads') = createRequire(__filename)('node:worker_threads')
  const { Worker } = threads
  Object.assign(threads, {
    Worker: class extends Worker {
      constructor(...given: ConstructorParameters<typeof Worker>) {
        super(...given)
        if (isOurs()) this.once('exit', count('thread'))
      }
    },
  })
  undo.push(() => Object.assign(threads, { Worker }))
  const timers = new Map<unknown, () => void>()
  replace(globalThis, 'setInterval', (original) => (...given) => {
    const timer = original(...given)
    if (isOurs()) timers.set(timer, count('setInterval'))
    return timer
  })
  replace(globalThis, 'clearInterval', (original) => (...given) => {
    timers.get(given[0])?.()
    return original(...given)
  })

  return {
    open: () => Object.fromEntries([...counts].filter(([, open]) => open !== 0)),
    most,
    dispose: () => {
      for (const one of undo) one()
    },
  }
}

/** null: no function, or one of an API that is only proposed. */
function read(from: object, name: string): Call | null {
  try {
    const value: unknown = Reflect.get(from, name)
    return typeof value === 'function' ? (...given) => Reflect.apply(value, from, given) : null
  } catch {
    return null
  }
}

const isChild = (made: unknown): made is ChildProcess =>
  made instanceof Object && 'once' in made && 'pid' in made

const hasDispose = (made: unknown): made is { dispose: () => unknown } =>
  made instanceof Object && 'dispose' in made && typeof made.dispose === 'function'
