import { rmSync } from 'node:fs'
import { join } from 'node:path'
import type { RunRecord } from '../shared/run.ts'
import { removeLeftovers } from './leftovers.ts'
import { sizeOf } from './size.ts'

/**
 * Frees what a run that nobody trains has no more use for: of a finished run its checkpoints, of any what a killed
 * process left. What can go on still can; models, records and scores stay.
 *
 * @returns bytes that were freed
 */
export function prune(run: string, { status }: Pick<RunRecord, 'status'>): number {
  const before = sizeOf(run)
  removeLeftovers(run)
  if (status === 'done') rmSync(join(run, 'checkpoints'), { recursive: true, force: true })
  return before - sizeOf(run)
}
