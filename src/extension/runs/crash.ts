import { totalmem } from 'node:os'
import { lastLogLines } from '../../run/log.ts'
import { t } from '../../shared/l10n.ts'
import type { RunRecord } from '../../shared/run.ts'
import { sizeText } from './run-words.ts'

/** Above this share of the machine's memory the system may well have ended the process for it. */
const MUCH_MEMORY = 0.7

/** What is known of why a run's process is gone, a line each: what it did last, its memory, its device. */
export function crashFacts(path: string, record: RunRecord, memory = totalmem()): readonly string[] {
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
    ...(record.resolved === null ? [] : [t`Device: ${record.resolved.device}.`]),
  ]
}
