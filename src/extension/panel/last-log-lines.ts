import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { join } from 'node:path'

const LINES = 12
const BYTES = 1 << 14

/** The end of a run's `log.txt`; none where there is no such file. */
export function lastLogLines(run: string): string[] {
  let fd: number
  try {
    fd = openSync(join(run, 'log.txt'), 'r')
  } catch {
    // A log is for people to read, and its folder may be damaged in any way: what is not there is not shown.
    return []
  }
  try {
    const { size } = fstatSync(fd)
    const bytes = Buffer.alloc(Math.min(BYTES, size))
    const read = readSync(fd, bytes, 0, bytes.length, size - bytes.length)
    return bytes
      .toString('utf8', 0, read)
      .split('\n')
      .filter((line) => line.trim() !== '')
      .slice(-LINES)
  } finally {
    closeSync(fd)
  }
}
