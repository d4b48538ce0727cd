import { constants, setPriority } from 'node:os'

/** Lets everything else of this machine go first: a training of an hour must not make the editor stutter. */
export function takeLowPriority(): void {
  try {
    setPriority(constants.priority.PRIORITY_BELOW_NORMAL)
  } catch {
    // Some containers allow no change; then it trains as it is.
  }
}
