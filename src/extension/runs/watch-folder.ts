import { type FSWatcher, watch } from 'node:fs'
import type { Disposable } from 'vscode'

/**
 * Calls back soon after something changed in a folder, not below it. Where the system can't watch (a network drive,
 * no watches left) or the folder goes, there are no calls: whoever relies on it looks now and then as well.
 */
export function watchFolder(folder: string, onChange: () => void): Disposable {
  let watcher: FSWatcher | null = null
  try {
    watcher = watch(folder, { persistent: false }, () => onChange())
    watcher.on('error', () => watcher?.close())
  } catch {
    // See above.
  }
  return { dispose: () => watcher?.close() }
}

/**
 * Gathers calls: the first runs `work` after `ms`, those until then are one with it, and never two at a time. `now`
 * does not wait.
 */
export function gathered(
  work: () => Promise<void>,
  ms: number,
): Disposable & { call(): void; now(): Promise<void> } {
  let timer: NodeJS.Timeout | null = null
  let isWorking = false
  let isDisposed = false
  let isAsked = false
  const run = async (): Promise<void> => {
    timer = null
    isWorking = true
    isAsked = false
    try {
      await work()
    } finally {
      isWorking = false
      if (isAsked) call()
    }
  }
  const call = (): void => {
    if (isDisposed || timer !== null) return
    if (isWorking) isAsked = true
    else timer = setTimeout(() => void run(), ms)
  }
  return {
    call,
    now: async () => {
      if (isDisposed) return
      if (isWorking) return call()
      if (timer !== null) clearTimeout(timer)
      await run()
    },
    dispose: () => {
      isDisposed = true
      if (timer !== null) clearTimeout(timer)
      timer = null
    },
  }
}
