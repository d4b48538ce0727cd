import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isSystemError } from './atomic-write.ts'

/**
 * Makes sure that a folder of Finesse's own beside a person's files is there. `*` in its `.gitignore` covers that file
 * too, so nothing of the folder shows in the person's repository.
 */
export function ownFolder(folder: string): void {
  mkdirSync(folder, { recursive: true })
  try {
    writeFileSync(join(folder, '.gitignore'), '*\n', { flag: 'wx' })
  } catch (error) {
    if (!isSystemError(error) || error.code !== 'EEXIST') throw error
  }
}
