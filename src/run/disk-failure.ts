import { isSystemError, systemReason } from '../data/atomic-write.ts'
import { UserError } from '../shared/error.ts'
import { t } from '../shared/l10n.ts'

/** What can befall any write of a run, wherever it is made. */
const OF_THE_DISK = new Set(['ENOSPC', 'EDQUOT', 'EFBIG', 'EIO', 'EROFS'])
/** These are a person's matter where they befall the run's own folder, as when it was moved away. */
const OF_THE_FOLDER = new Set(['EACCES', 'EPERM', 'ENOENT', 'ENOTDIR'])

/**
 * A failed write of a run as one line that says how to go on; any other error is given back. What was saved before
 * stays good: nothing is written in place.
 */
export function diskFailure(run: string, error: unknown): unknown {
  if (!isSystemError(error)) return error
  const inRun = error.path?.startsWith(run) ?? false
  if (!OF_THE_DISK.has(error.code) && !(inRun && OF_THE_FOLDER.has(error.code))) return error
  return new UserError(
    t`${run}: cannot be written: ${systemReason(error) ?? error.code}; what was saved is kept. When that is settled, resume the run.`,
  )
}
