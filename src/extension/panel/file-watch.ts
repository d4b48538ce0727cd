import { type Stats, statSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import type { Disposable } from 'vscode'

const POLL_MS = 1000

/**
 * Tells when a file is another or gone. By its state on disk, asked about now and then: a folder's watcher misses files
 * that are put in place of another. The state that it begins with is read before this returns: what is read of the file
 * afterwards is told to be old when it is.
 */
export function watchForChange(path: string, onChange: (gone: boolean) => void): Disposable {
  let known = stateNow(path)
  let isAsking = false
  let isOver = false
  const timer = setInterval(async () => {
    // A slow disk is not asked again before it answered.
    if (isAsking) return
    isAsking = true
    const now = await stat(path).then(stateOf, () => GONE)
    isAsking = false
    if (isOver || now === known) return
    known = now
    onChange(now === GONE)
  }, POLL_MS)
  timer.unref()
  return {
    dispose: () => {
      isOver = true
      clearInterval(timer)
    },
  }
}

const GONE = ''

const stateOf = ({ mtimeMs, size }: Stats): string => `${mtimeMs} ${size}`

function stateNow(path: string): string {
  try {
    return stateOf(statSync(path))
  } catch {
    return GONE
  }
}
