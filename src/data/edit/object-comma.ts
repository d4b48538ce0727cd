import type { FileHandle } from 'node:fs/promises'
import { UserError } from '../../shared/error.ts'
import { t } from '../../shared/l10n.ts'
import type { Encoding } from '../encoding.ts'
import type { RowBytes } from './locate.ts'

/** White space between two objects is looked through this far. */
const LOOKED_AT = 64 * 1024

/**
 * The bytes to take out for an object of a JSON array: with the comma behind it up to the next object, or for the
 * last one from behind the object before it; of the only object itself alone.
 */
export async function besideObject(
  file: FileHandle,
  path: string,
  { start, end }: RowBytes,
  encoding: Encoding,
): Promise<RowBytes> {
  const width = encoding === 'utf-16le' || encoding === 'utf-16be' ? 2 : 1
  const read = async (from: number): Promise<readonly string[]> => {
    const bytes = Buffer.alloc(LOOKED_AT)
    const { bytesRead } = await file.read(bytes, 0, LOOKED_AT, from)
    const whole = bytes.subarray(0, bytesRead - (bytesRead % width))
    if (width === 1) return [...whole.toString('latin1')]
    return (encoding === 'utf-16le' ? whole : whole.swap16()).toString('utf16le').split('')
  }
  const isSpace = (unit: string | undefined): boolean => unit !== undefined && /[ \t\r\n]/.test(unit)

  const behind = await read(end)
  let at = behind.findIndex((unit) => !isSpace(unit))
  if (behind[at] === ',') {
    at++
    while (isSpace(behind[at])) at++
    if (behind[at] === '{') return { start, end: end + at * width }
  } else if (behind[at] === ']') {
    const from = Math.max(0, start - LOOKED_AT)
    const before = (await read(from)).slice(0, (start - from) / width)
    const last = before.findLastIndex((unit) => !isSpace(unit))
    if (before[last] === ',') return { start: from + last * width, end }
    if (before[last] === '[') return { start, end }
  }
  throw new UserError(t`${path}: what stands around this object can't be told; delete it by hand`)
}
