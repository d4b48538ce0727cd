import { lstatSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

/** Bytes of a file, or of all files below a folder; links count as themselves. What goes meanwhile counts nothing. */
export function sizeOf(path: string): number {
  const entry = lstatSync(path, { throwIfNoEntry: false })
  if (!entry?.isDirectory()) return entry?.size ?? 0
  return namesIn(path).reduce((sum, name) => sum + sizeOf(join(path, name)), 0)
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}
