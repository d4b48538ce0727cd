import { bucketLengths } from './batches.ts'
import { deviceSteps } from './device-steps.ts'
import { hostSteps } from './host-steps.ts'
import { rowLength } from './rows.ts'
import { type Loop, type Steps, staysOnDevice } from './steps.ts'

/** Sessions that are kept ready; each holds the intermediate values of one shape while it runs, and little else. */
const LENGTHS = 8

/** The steps of a training on its runtime; to be released. */
export const openSteps = async (loop: Loop): Promise<Steps> => {
  const buckets = bucketLengths(
    loop.rows.map((row) => rowLength(loop.source, row)),
    LENGTHS,
  )
  return staysOnDevice(loop) ? deviceSteps(loop, buckets) : hostSteps(loop, buckets)
}
