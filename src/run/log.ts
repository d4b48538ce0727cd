import { appendFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * Adds a line to `log.txt` of a run, with the time: what a person sends along with a question. It is read by
 * nobody else, so a disk that takes no more is no reason to stop here: the record's own writing finds it out.
 */
export function appendLog(run: string, text: string): void {
  try {
    appendFileSync(join(run, 'log.txt'), `${new Date().toISOString()} ${text}\n`)
  } catch {
    // See above.
  }
}
