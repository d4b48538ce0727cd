import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { t } from '../shared/l10n.ts'

const CHUNK = 1 << 26

/**
 * Writes all bytes, from a position of the file where one is given: one call of the system may take fewer than
 * it was given (a disk that is almost full), and never more than 2 GiB.
 */
export function writeAll(fd: number, bytes: Uint8Array, position: number | null = null): void {
  for (let at = 0; at < bytes.byteLength; ) {
    const length = Math.min(CHUNK, bytes.byteLength - at)
    at += writeSync(fd, bytes, at, length, position === null ? null : position + at)
  }
}

/**
 * Replaces a file in one step: a reader, or a machine that loses power, sees the old bytes or the new ones,
 * never a part. `write` gets the descriptor of a temporary file beside it.
 */
export function atomicWriteWith(path: string, write: (fd: number) => void): void {
  const temporary = `${path}.${process.pid}.tmp`
  try {
    // What stands there is of a dead process, or somebody's link: neither is written into.
    rmSync(temporary, { force: true })
    const fd = openSync(temporary, 'wx')
    try {
      write(fd)
      fsyncSync(fd)
    } finally {
      closeSync(fd)
    }
    rename(temporary, path)
  } catch (error) {
    rmSync(temporary, { force: true })
    throw error
  }
  syncFolder(dirname(path))
}

export function atomicWrite(path: string, content: string | Uint8Array): void {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content
  atomicWriteWith(path, (fd) => writeAll(fd, bytes))
}

/** Makes the names in a folder durable. Windows cannot open a folder, and keeps names in its journal by itself. */
export function syncFolder(folder: string): void {
  if (process.platform === 'win32') return
  const fd = openSync(folder, 'r')
  try {
    fsyncSync(fd)
  } catch (error) {
    // Some network and FUSE file systems know no fsync of a folder.
    if (!isSystemError(error) || (error.code !== 'EINVAL' && error.code !== 'ENOTSUP')) throw error
  } finally {
    closeSync(fd)
  }
}

/** On Windows a virus scanner or an indexer holds a fresh file for some milliseconds, and renaming it fails meanwhile. */
export function rename(from: string, to: string): void {
  for (let attempt = 1; ; attempt++) {
    try {
      renameSync(from, to)
      return
    } catch (error) {
      const held =
        process.platform === 'win32' &&
        isSystemError(error) &&
        ['EPERM', 'EACCES', 'EBUSY'].includes(error.code)
      if (!held || attempt === 8) throw error
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10 * 2 ** attempt)
    }
  }
}

export const isSystemError = (error: unknown): error is NodeJS.ErrnoException & { code: string } =>
  error instanceof Error && 'code' in error && typeof error.code === 'string'

/** What a person understands of a failed system call. */
export function systemReason(error: unknown): string | null {
  if (!isSystemError(error)) return null
  switch (error.code) {
    case 'EACCES':
    case 'EPERM':
      return t`permission denied`
    case 'EROFS':
      return t`the file system is read-only`
    case 'ENOSPC':
    case 'EDQUOT':
      return t`the disk is full`
    case 'EFBIG':
      return t`the file would be larger than the system allows`
    case 'ENOTDIR':
    case 'EEXIST':
      return t`a part of this path is a file`
    case 'ENOENT':
      return t`no such file or folder`
    case 'EISDIR':
      return t`it is a folder`
    case 'ENAMETOOLONG':
      return t`the name is too long`
    case 'ELOOP':
      return t`its links lead in a circle`
    case 'EMFILE':
    case 'ENFILE':
      return t`too many open files`
    case 'EIO':
      return t`the disk reports an error`
    default:
      return null
  }
}
