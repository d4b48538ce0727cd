import { type StatsListener, unwatchFile, watchFile } from 'node:fs'
import type { Disposable } from 'vscode'

const POLL_MS = 1000

/**
 * Tells when a file is another or gone. By its state on disk, asked about now and then: a folder's watcher misses files
 * that are put in place of another.
 */
export function watchForChange(path: string, onChange: (gone: boolean) => void): Disposable {
  const changed: StatsListener = (now, before) => {
    if (now.mtimeMs !== before.mtimeMs || now.size !== before.size) onChange(now.mtimeMs === 0)
  }
  watchFile(path, { interval: POLL_MS, persistent: false }, changed)
  return { dispose: () => unwatchFile(path, changed) }
}
