import { bucketLengths } from './batches.ts'
import { deviceSteps } from './device-steps.ts'
import { hostSteps } from './host-steps.ts'
import { rowLength } from './rows.ts'
import { type Loop, type Steps, staysOnDevice } from './steps.ts'

/**
 * Sessions that are kept ready; each holds the intermediate values of one shape while it runs, and little else. With
 * 16 lengths 7 to 11 % of the tokens are padding where 8 leave 9 to 17 %, and more gain less than they cost to open.
 */
const LENGTHS = 16

/** The steps of a training on its runtime; to be released. */
export const openSteps = async (loop: Loop): Promise<Steps> => {
  const buckets = bucketLengths(
    loop.rows.map((row) => rowLength(loop.source, row)),
    LENGTHS,
  )
  return staysOnDevice(loop) ? deviceSteps(loop, buckets) : hostSteps(loop, buckets)
}
