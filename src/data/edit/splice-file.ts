import { createHash } from 'node:crypto'
import { type FileHandle, open, realpath, rm, stat } from 'node:fs/promises'
import { basename, dirname, extname, join } from 'node:path'
import { UserError } from '../../shared/error.ts'
import { t } from '../../shared/l10n.ts'
import { isSystemError, rename, syncFolder, systemReason } from '../atomic-write.ts'

/** Bytes of a file in place of others. */
export interface Splice {
  readonly offset: number
  readonly removed: Buffer
  readonly inserted: Buffer
}

export const inverse = ({ offset, removed, inserted }: Splice): Splice => ({
  offset,
  removed: inserted,
  inserted: removed,
})

const CHUNK_BYTES = 1024 * 1024
/** The hash of no bytes: of a file that is not there. */
export const NO_BYTES = createHash('sha256').digest('hex')

/**
 * Replaces bytes of a file in one step: whoever reads it, or a machine that loses power, sees the file before or
 * after. All other bytes are copied and hashed as they are read, so that what is replaced is what was looked at.
 *
 * @param before hash of the file that the splice was made for
 * @param ready called with the new file, not yet in its place, and its hash; a failure leaves the old one
 * @throws UserError where the file is another by now, or can't be written
 */
export async function spliceFile(
  path: string,
  splice: Splice,
  before: string,
  ready: (temporary: string, after: string) => Promise<void> | void,
): Promise<string> {
  const target = await realpath(path).catch(() => path)
  const temporary = temporaryBeside(target, process.pid)
  try {
    await rm(temporary, { force: true })
    const source = await openOrNone(target)
    let after: string
    let mark: string | null
    try {
      mark = source === null ? null : await identity(source)
      const mode = source === null ? 0o666 : (await source.stat()).mode
      const copy = await open(temporary, 'wx', mode)
      try {
        // What the mask of this process took from the mode.
        if (source !== null) await copy.chmod(mode & 0o7777)
        const hashes = await copyWith(source, copy, splice)
        if (hashes.before !== before || !hashes.found) throw changedMeanwhile(path)
        after = hashes.after
        await copy.sync()
      } finally {
        await copy.close()
      }
    } finally {
      await source?.close()
    }
    await ready(temporary, after)
    if ((await identityOf(target)) !== mark) throw changedMeanwhile(path)
    rename(temporary, target)
    syncFolder(dirname(target))
    return after
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined)
    const reason = systemReason(error)
    throw reason === null ? error : new UserError(t`${path} could not be changed: ${reason}`)
  }
}

/** It keeps the extension, by which a table's format is told in part. */
export const temporaryBeside = (path: string, process: number | string): string => {
  const extension = extname(path)
  return join(dirname(path), `.${basename(path, extension)}.${process}.tmp${extension}`)
}

export const changedMeanwhile = (path: string): UserError =>
  new UserError(t`${path} was changed by something else meanwhile: check its labels again`)

async function copyWith(
  source: FileHandle | null,
  copy: FileHandle,
  { offset, removed, inserted }: Splice,
): Promise<{ before: string; after: string; found: boolean }> {
  const before = createHash('sha256')
  const after = createHash('sha256')
  const put = async (bytes: Buffer): Promise<void> => {
    after.update(bytes)
    for (let at = 0; at < bytes.length; ) at += (await copy.write(bytes, at, bytes.length - at)).bytesWritten
  }
  const end = offset + removed.length
  const chunk = Buffer.alloc(CHUNK_BYTES)
  let at = 0
  let found = true
  let isIn = false
  for (;;) {
    const read = source === null ? 0 : (await source.read(chunk, 0, CHUNK_BYTES, at)).bytesRead
    const bytes = chunk.subarray(0, read)
    before.update(bytes)
    await put(bytes.subarray(0, Math.max(0, Math.min(read, offset - at))))
    if (!isIn && (offset < at + read || read === 0)) {
      await put(inserted)
      isIn = true
    }
    const [from, to] = [Math.max(0, offset - at), Math.min(read, end - at)]
    if (from < to && !bytes.subarray(from, to).equals(removed.subarray(at + from - offset, at + to - offset)))
      found = false
    await put(bytes.subarray(Math.max(0, Math.min(read, end - at))))
    at += read
    if (read === 0) break
  }
  return { before: before.digest('hex'), after: after.digest('hex'), found: found && end <= at }
}

const openOrNone = (path: string): Promise<FileHandle | null> =>
  open(path, 'r').catch((error: unknown) => {
    if (isSystemError(error) && error.code === 'ENOENT') return null
    throw error
  })

/** What tells a file from one that was put in its place or written into. */
async function identity(file: FileHandle): Promise<string> {
  const { ino, size, mtimeNs } = await file.stat({ bigint: true })
  return `${ino} ${size} ${mtimeNs}`
}

const identityOf = (path: string): Promise<string | null> =>
  stat(path, { bigint: true }).then(
    ({ ino, size, mtimeNs }) => `${ino} ${size} ${mtimeNs}`,
    () => null,
  )
