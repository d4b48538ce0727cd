import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { totalmem } from 'node:os'
import { join } from 'node:path'
import { isSystemError } from '../../run/atomic-write.ts'
import { t } from '../../shared/l10n.ts'
import type { RunRecord } from '../../shared/run.ts'
import { sizeText } from './run-words.ts'

const TAIL = 4096

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
    const bytes = Buffer.alloc(Math.min(TAIL, size))
    const read = readSync(fd, bytes, 0, bytes.length, size - bytes.length)
    const all = bytes.toString('utf8', 0, read).trimEnd().split('\n')
    // The first of them may be cut, unless the file begins with it.
    const whole = size > TAIL ? all.slice(1) : all
    return whole.slice(-lines).map((line) => line.replace(/^\d{4}-\d\d-\d\dT\S+ /, ''))
  } finally {
    closeSync(fd)
  }
}

/** Above this share of the machine's memory the system may well have ended the process for it. */
const MUCH_MEMORY = 0.7

/** What is known of why a run's process is gone, a line each: what it did last, its memory, its device. */
export function crashFacts(path: string, record: RunRecord, memory = totalmem()): readonly string[] {
  const [last] = lastLogLines(path, 1)
  const peak = record.peak_rss_mb * 1_000_000
  return [
    ...(last === undefined ? [] : [t`Its log ends with: ${last}`]),
    ...(peak === 0
      ? []
      : [
          peak > MUCH_MEMORY * memory
            ? t`It used ${sizeText(peak)} of ${sizeText(memory)} memory, so the system may have ended it for that.`
            : t`It used ${sizeText(peak)} of ${sizeText(memory)} memory.`,
        ]),
    ...(record.resolved === null ? [] : [t`Device: ${record.resolved.device}`]),
  ]
}
