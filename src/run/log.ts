import { appendFileSync, closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { join } from 'node:path'
import { isSystemError } from '../data/atomic-write.ts'

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

/** Of a log's end so much is read. */
const TAIL_BYTES = 1 << 14

/** The last lines of a run's `log.txt`, without their times; none where there is no log. */
export function lastLogLines(run: string, lines: number): readonly string[] {
  let fd: number
  try {
    fd = openSync(join(run, 'log.txt'), 'r')
  } catch (error) {
    if (isSystemError(error)) return []
    throw error
  }
  try {
    const { size } = fstatSync(fd)
    const bytes = Buffer.alloc(Math.min(TAIL_BYTES, size))
    const read = readSync(fd, bytes, 0, bytes.length, size - bytes.length)
    const all = bytes.toString('utf8', 0, read).trimEnd().split('\n')
    // The first of them may be cut, unless the file begins with it.
    const whole = size > TAIL_BYTES ? all.slice(1) : all
    return whole
      .slice(-lines)
      .map((line) => line.replace(/^\d{4}-\d\d-\d\dT\S+ /, ''))
      .filter((line) => line.trim() !== '')
  } finally {
    closeSync(fd)
  }
}
