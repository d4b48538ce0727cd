import type { Reporter } from './output.ts'

/**
 * Tells of a command's progress in the terminal and, where the editor called with a channel for it, there as well: no
 * more often than a person sees, by whole percents.
 */
export function progressOf(reporter: Reporter): Reporter['event'] {
  let told = ''
  return (event) => {
    reporter.event(event)
    if (event.event !== 'progress') return
    const { phase, done, total } = event
    const share = `${phase} ${total > 0 ? Math.floor((100 * done) / total) : 0}`
    if (share === told) return
    told = share
    process.send?.(event)
  }
}
