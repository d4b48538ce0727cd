import { readdirSync, readFileSync } from 'node:fs'

/** A process that runs, with its words. */
export interface Running {
  readonly pid: number
  readonly command: string
}

/**
 * What runs with this home folder, however it was started and whatever has become of its parent: a detached training
 * as well. Linux alone, where the tests with a home of their own run.
 */
export function processesOf(home: string): Running[] {
  const found: Running[] = []
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue
    try {
      const environment = readFileSync(`/proc/${name}/environ`, 'utf8').split('\0')
      if (!environment.includes(`HOME=${home}`)) continue
      const command = readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ').trim()
      // Nothing there: it has ended, and nobody has asked how.
      if (command !== '') found.push({ pid: Number(name), command })
    } catch {
      // It ended meanwhile, or is another user's.
    }
  }
  return found
}
