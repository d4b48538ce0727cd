import { readdirSync, rmSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { isSystemError } from '../atomic-write.ts'
import { temporaryBeside } from './splice-file.ts'

/** Removes copies of a file that a process left when it was killed while it wrote one. */
export function removeLeftovers(path: string): void {
  const [before = '', after = ''] = basename(temporaryBeside(path, '*')).split('*')
  const folder = dirname(path)
  for (const name of readdirSync(folder)) {
    if (!name.startsWith(before) || !name.endsWith(after)) continue
    const number = name.slice(before.length, name.length - after.length)
    if (/^\d+$/.test(number) && !isRunning(Number(number))) rmSync(join(folder, name), { force: true })
  }
}

function isRunning(process_: number): boolean {
  try {
    process.kill(process_, 0)
    return true
  } catch (error) {
    return isSystemError(error) && error.code === 'EPERM'
  }
}
