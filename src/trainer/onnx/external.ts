import { closeSync, fstatSync, openSync, readSync, realpathSync } from 'node:fs'
import { isAbsolute, relative, resolve, sep } from 'node:path'
import { UserError } from '../../shared/error.ts'
import { t } from '../../shared/l10n.ts'
import { availableMemory } from '../available-memory.ts'

/** One read call moves at most 2 GiB. */
const PART = 2 ** 30
/** Tensors below it are read without asking how much memory is free. */
const LARGE = 2 ** 26

const gigabytes = (bytes: number): string => (bytes / 1e9).toFixed(1)

export interface ExternalPlace {
  readonly location: string
  readonly offset: number
  /** null: to the end of the file. */
  readonly length: number | null
}

/**
 * The bytes of a tensor that lie in a file beside the model's. The location comes from a file that somebody
 * else wrote, so it must stay inside the folder, also after every link is followed.
 */
export function readExternal(
  place: ExternalPlace,
  tensor: string,
  folder: string | null,
  file: string,
): Uint8Array {
  const what =
    place.location === ''
      ? t`${file}: tensor ${tensor} lies in another file`
      : t`${file}: tensor ${tensor} lies in ${place.location}`
  if (folder === null)
    throw new UserError(t`${what}, but the model was given without its folder; name the folder`)
  if (
    place.location === '' ||
    isAbsolute(place.location) ||
    /^[A-Za-z]:/.test(place.location) ||
    place.location.split(/[\\/]/).includes('..')
  )
    throw new UserError(t`${what}, which is outside the model's folder; such a file is not read`)
  let real: string
  let base: string
  try {
    base = realpathSync(folder)
    real = realpathSync(resolve(folder, place.location))
  } catch {
    throw new UserError(t`${what}, which is missing; download it into ${folder}`)
  }
  const inside = relative(base, real)
  if (inside === '' || inside === '..' || inside.startsWith(`..${sep}`) || isAbsolute(inside))
    throw new UserError(t`${what}, a link that leads out of the model's folder; put the file itself there`)
  const handle = openSync(real, 'r')
  try {
    const status = fstatSync(handle)
    const length = place.length ?? status.size - place.offset
    if (!status.isFile() || place.offset < 0 || length < 0 || place.offset + length > status.size)
      throw new UserError(
        t`${what}, which is too short (${status.size} bytes, ${place.offset + length} needed); download it again`,
      )
    const free = availableMemory()
    if (length >= LARGE && length > free)
      throw new UserError(
        t`${what} and takes ${gigabytes(length)} GB of memory, and ${gigabytes(free)} GB are free; close other programs, or choose a smaller model`,
      )
    const bytes = new Uint8Array(length)
    let at = 0
    while (at < length) {
      const read = readSync(handle, bytes, at, Math.min(PART, length - at), place.offset + at)
      if (read === 0) throw new UserError(t`${what}, which became shorter while it was read; try again`)
      at += read
    }
    return bytes
  } finally {
    closeSync(handle)
  }
}
