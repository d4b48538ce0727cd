import { appendFileSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as v from 'valibot'
import { atomicWrite, isSystemError } from '../data/atomic-write.ts'
import { UserError } from '../shared/error.ts'
import { RunEvent } from '../shared/events.ts'
import { problemOf } from '../shared/issue.ts'
import { t } from '../shared/l10n.ts'

const metricsFile = (run: string): string => join(run, 'metrics.jsonl')

/** Adds a line to `metrics.jsonl`. Not synced: what a power cut takes is computed again after the checkpoint. */
export function appendEvent(run: string, event: RunEvent): void {
  appendFileSync(metricsFile(run), `${JSON.stringify(event)}\n`)
}

/**
 * The events of a run; none where nothing was written yet. A torn last line is left out, and so are events of
 * a kind that this version does not know. Any other damage is a UserError with the line's number.
 */
export function readEvents(run: string): RunEvent[] {
  return readLines(run).flatMap(({ event }) => (event === null ? [] : [event]))
}

/**
 * Cuts `metrics.jsonl` back to a checkpoint's step: the first line of a later step goes and everything after
 * it. null: there is no checkpoint, nothing stays.
 */
export function cutEvents(run: string, step: number | null): void {
  const lines = readLines(run)
  const later = lines.findIndex(({ event }) => event !== null && 'step' in event && event.step > (step ?? 0))
  const kept = step === null ? [] : later < 0 ? lines : lines.slice(0, later)
  atomicWrite(metricsFile(run), kept.map(({ line }) => `${line}\n`).join(''))
}

function readLines(run: string): { line: string; event: RunEvent | null }[] {
  let text: string
  try {
    text = readFileSync(metricsFile(run), 'utf8')
  } catch (error) {
    if (isSystemError(error) && error.code === 'ENOENT') return []
    throw error
  }
  const lines = text.split('\n')
  // A whole line ends in a line break, so what stands after the last one is torn, or nothing.
  lines.pop()
  return lines.map((line, index) => ({ line, event: parse(line, t`${metricsFile(run)} line ${index + 1}`) }))
}

const known = new Set<unknown>(RunEvent.options.map((option) => option.entries.event.literal))

function parse(line: string, where: string): RunEvent | null {
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch {
    throw new UserError(t`${where}: damaged: it is not JSON`)
  }
  const parsed = v.safeParse(RunEvent, value)
  if (parsed.success) return parsed.output
  if (v.is(v.looseObject({ event: v.string() }), value) && !known.has(value.event)) return null
  throw new UserError(
    t`${where}: damaged at ${v.getDotPath(parsed.issues[0]) ?? '?'}: ${problemOf(parsed.issues[0])}`,
  )
}
