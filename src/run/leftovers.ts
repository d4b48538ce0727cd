import { existsSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { removeUnpointed } from './checkpoint.ts'

/** `<file>.<pid>.tmp` and `.old`, the trunk's cache, an export that was not checked. */
const LEFTOVER = /(\.\d+\.(tmp|old)|^trunk\.cache|^model\.unchecked)$/

/**
 * Removes what a process that was killed left half done in a run's folder: files under temporary names, its
 * cache, checkpoints without a pointer. Only for the process that holds the run.
 */
export function removeLeftovers(run: string): void {
  removeUnpointed(run)
  for (const folder of [run, join(run, 'checkpoints')].filter((path) => existsSync(path)))
    for (const name of readdirSync(folder))
      if (LEFTOVER.test(name)) rmSync(join(folder, name), { recursive: true, force: true })
}
