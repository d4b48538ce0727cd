import { statfsSync } from 'node:fs'
import { totalmem } from 'node:os'
import { lastLogLines } from '../../run/log.ts'
import { t } from '../../shared/l10n.ts'
import type { RunRecord } from '../../shared/run.ts'
import { sizeText } from './run-words.ts'

/** Above this share of the machine's memory the system may well have ended the process for it. */
const MUCH_MEMORY = 0.7
/** With less than this on the disk a checkpoint may not have had room. */
const LITTLE_DISK = 500e6

/** What is known of why a run's process is gone, a line each: what it did last, its memory, its disk, its device. */
export function crashFacts(
  path: string,
  record: RunRecord,
  memory = totalmem(),
  free = freeBytes(path),
): readonly string[] {
  const [last] = lastLogLines(path, 1)
  const peak = record.peak_rss_mb * 1_000_000
  return [
    ...(last === undefined ? [] : [t`Its log ends with "${last}".`]),
    ...(peak === 0
      ? []
      : [
          peak > MUCH_MEMORY * memory
            ? t`It used ${sizeText(peak)} of ${sizeText(memory)} memory, so the system may have ended it for that.`
            : t`It used ${sizeText(peak)} of ${sizeText(memory)} memory.`,
        ]),
    ...(free !== null && free < LITTLE_DISK
      ? [t`The disk has ${sizeText(free)} left, so what it wrote may have had no room.`]
      : []),
    ...(record.resolved === null
      ? []
      : [t`Device: ${record.resolved.engine === 'tfjs' ? 'TensorFlow.js' : record.resolved.device}.`]),
  ]
}

/** null: the system does not say. */
function freeBytes(path: string): number | null {
  try {
    const { bavail, bsize } = statfsSync(path)
    return bavail * bsize
  } catch {
    return null
  }
}
