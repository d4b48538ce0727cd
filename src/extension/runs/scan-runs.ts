import { statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { isAlive } from '../../run/control.ts'
import { readRecord, runFolders } from '../../run/folder.ts'
import { UserError } from '../../shared/error.ts'
import { isActive } from '../../shared/run.ts'
import type { RunItem } from './run-item.ts'

type Read = Pick<RunItem, 'path' | 'record' | 'problem'>
export type ScannedRun = Omit<RunItem, 'live'>

/** Looks through folders of runs again and again, reading only the records that are new or changed. */
export class RunScanner {
  private known = new Map<string, { readonly stamp: string; readonly read: Read }>()

  /** The runs in some folders; a folder that is not there, or can't be read, has none. */
  async scan(roots: readonly string[]): Promise<readonly ScannedRun[]> {
    const next: typeof this.known = new Map()
    for (const path of roots.flatMap(pathsIn)) {
      const stamp = stampOf(path)
      // Gone in this moment.
      if (stamp === null) continue
      const before = this.known.get(path)
      next.set(path, before?.stamp === stamp ? before : { stamp, read: read(path) })
    }
    this.known = next
    return Promise.all(
      [...next.values()].map(async ({ read: run }) => ({ ...run, alive: await isTrained(run) })),
    )
  }
}

function pathsIn(root: string): readonly string[] {
  try {
    return runFolders(root).map((name) => join(resolve(root), name))
  } catch (error) {
    if (error instanceof UserError) return []
    throw error
  }
}

function stampOf(path: string): string | null {
  const stat = statSync(join(path, 'run.json'), { throwIfNoEntry: false })
  return stat === undefined ? null : `${stat.mtimeMs} ${stat.size} ${stat.ino}`
}

function read(path: string): Read {
  try {
    return { path, record: readRecord(path), problem: null }
  } catch (error) {
    if (error instanceof UserError) return { path, record: null, problem: error.message }
    throw error
  }
}

async function isTrained({ path, record }: Read): Promise<boolean> {
  if (record === null || !isActive(record)) return false
  try {
    return await isAlive(path)
  } catch {
    // The folder went meanwhile, or the state folder can't be used: nothing is known to live.
    return false
  }
}
