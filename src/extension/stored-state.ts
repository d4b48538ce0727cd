import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as v from 'valibot'
import { atomicWrite, isSystemError } from '../data/atomic-write.ts'

/*
 * What a page does with a file, kept in the extension's storage by the file's path: VS Code keeps what a page itself
 * remembers now and then, and gives back an older one after a reload.
 */

/** In place of what was kept of the file before. */
export function storeState(folder: string, file: string, state: unknown): void {
  mkdirSync(folder, { recursive: true })
  atomicWrite(pathOf(folder, file), JSON.stringify(state))
}

/** null: nothing was stored, or by another version. */
export function storedState<S extends v.GenericSchema>(
  folder: string,
  file: string,
  schema: S,
): v.InferOutput<S> | null {
  try {
    const stored = v.safeParse(
      v.pipe(v.string(), v.parseJson(), schema),
      readFileSync(pathOf(folder, file), 'utf8'),
    )
    return stored.success ? stored.output : null
  } catch (error) {
    if (isSystemError(error) && error.code === 'ENOENT') return null
    throw error
  }
}

const pathOf = (folder: string, file: string): string =>
  join(folder, `${createHash('sha256').update(file).digest('hex').slice(0, 20)}.json`)
