import { createHash } from 'node:crypto'
import {
  closeSync,
  existsSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import * as v from 'valibot'
import { UserError } from '../../shared/error.ts'
import { t } from '../../shared/l10n.ts'
import type { Appended } from '../../shared/labelling.ts'

/** What is about to be written, kept in a file of its own while it is. */
const Pending = v.object({ path: v.string(), start: v.number(), base64: v.string() })

/** Where a record for a file stands while it is written: each file has its own. */
export const journalOf = (folder: string, path: string): string =>
  join(folder, `${sha256(Buffer.from(path)).slice(0, 16)}.json`)

/**
 * Writes bytes at the end of a file with one call, and makes them durable. What is written stands in `journal`
 * meanwhile: should the process or the machine end in between, `mendTail` takes away what got there.
 *
 * @param size of the file as it was looked at; where it has another by now nothing is written
 * @throws what the system says; the file is as it was then
 */
export function appendBytes(
  path: string,
  size: number,
  bytes: Uint8Array,
  journal: string,
): Appended | 'changed' {
  const fd = openSync(path, 'a')
  try {
    if (fstatSync(fd).size !== size) return 'changed'
    const pending: v.InferOutput<typeof Pending> = {
      path,
      start: size,
      base64: Buffer.from(bytes).toString('base64'),
    }
    writeDurably(journal, JSON.stringify(pending))
    try {
      const written = writeSync(fd, bytes)
      if (written < bytes.byteLength) throw shortWrite()
      fsyncSync(fd)
    } catch (error) {
      cutTo(path, size)
      throw error
    }
  } finally {
    closeSync(fd)
  }
  rmSync(journal, { force: true })
  return { start: size, bytes: bytes.byteLength, sha256: sha256(bytes) }
}

/** By a descriptor of its own: on Windows one that appends can't. */
function cutTo(path: string, size: number): void {
  const fd = openSync(path, 'r+')
  try {
    ftruncateSync(fd, size)
    fsyncSync(fd)
  } finally {
    closeSync(fd)
  }
}

/** A disk that is full takes a part, and says so only of the next part. */
const shortWrite = (): Error => Object.assign(new Error('a part was written'), { code: 'ENOSPC' })

/**
 * Takes a record away from the end of its file.
 *
 * @throws UserError where it is not the last any more, or not as it was written
 */
export function takeBack(path: string, { start, bytes, sha256: hash }: Appended): void {
  const fd = openSync(path, 'r+')
  try {
    const isLast = fstatSync(fd).size === start + bytes && sha256(readAt(fd, start, bytes)) === hash
    if (!isLast)
      throw new UserError(
        t`${path}: the file has changed since the row was added; take the row out there by hand`,
      )
    ftruncateSync(fd, start)
    fsyncSync(fd)
  } finally {
    closeSync(fd)
  }
}

/**
 * Takes away what was written of a record whose writing did not come to its end. It was not said to be kept, so
 * it is not: also where it is all there. Whatever else stands at the end is left.
 *
 * @returns whether something was taken away
 */
export function mendTail(path: string, journal: string): boolean {
  if (!existsSync(journal)) return false
  const kept = v.safeParse(v.pipe(v.string(), v.parseJson(), Pending), readFileSync(journal, 'utf8'))
  // What is not whole was not followed by writing.
  const isMended = kept.success && kept.output.path === path && existsSync(path) && cutBack(path, kept.output)
  rmSync(journal, { force: true })
  return isMended
}

function cutBack(path: string, { start, base64 }: v.InferOutput<typeof Pending>): boolean {
  const bytes = Buffer.from(base64, 'base64')
  const fd = openSync(path, 'r+')
  try {
    const there = fstatSync(fd).size - start
    if (there <= 0 || there > bytes.length || !bytes.subarray(0, there).equals(readAt(fd, start, there)))
      return false
    ftruncateSync(fd, start)
    fsyncSync(fd)
    return true
  } finally {
    closeSync(fd)
  }
}

export function readAt(fd: number, start: number, length: number): Buffer {
  const bytes = Buffer.alloc(length)
  const read = readSync(fd, bytes, 0, length, start)
  return bytes.subarray(0, read)
}

function writeDurably(path: string, content: string): void {
  const fd = openSync(path, 'w')
  try {
    writeSync(fd, content)
    fsyncSync(fd)
  } finally {
    closeSync(fd)
  }
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')
