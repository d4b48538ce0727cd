import { type FileHandle, open } from 'node:fs/promises'
import { join } from 'node:path'
import * as v from 'valibot'
import { isSystemError } from '../../data/atomic-write.ts'
import { RunEvent } from '../../shared/events.ts'

const PIECE = 1 << 18

export interface NewEvents {
  readonly events: readonly RunEvent[]
  /** The file was cut back or replaced since the last look: what was read before does not count, these are all. */
  readonly isAnew: boolean
}

/**
 * Reads what was added to a run's `metrics.jsonl` since the last look. A line without its end waits for it; lines
 * that this version does not know, or that are damaged, are passed over.
 */
export class EventTail {
  private readonly file: string
  private offset = 0
  private inode = 0
  private rest = Buffer.alloc(0)

  constructor(run: string) {
    this.file = join(run, 'metrics.jsonl')
  }

  async read(): Promise<NewEvents> {
    let handle: FileHandle
    try {
      handle = await open(this.file, 'r')
    } catch (error) {
      if (isSystemError(error) && ['ENOENT', 'EBUSY', 'EPERM'].includes(error.code))
        return { events: [], isAnew: false }
      throw error
    }
    try {
      const { size, ino } = await handle.stat()
      const isAnew = this.offset > 0 && (size < this.offset || ino !== this.inode)
      if (isAnew) {
        this.offset = 0
        this.rest = Buffer.alloc(0)
      }
      this.inode = ino
      const events: RunEvent[] = []
      while (this.offset < size) {
        const piece = Buffer.allocUnsafe(Math.min(PIECE, size - this.offset))
        const { bytesRead } = await handle.read(piece, 0, piece.length, this.offset)
        if (bytesRead === 0) break
        this.offset += bytesRead
        this.take(piece.subarray(0, bytesRead), events)
      }
      return { events, isAnew }
    } finally {
      await handle.close()
    }
  }

  private take(piece: Buffer, events: RunEvent[]): void {
    const bytes = Buffer.concat([this.rest, piece])
    const end = bytes.lastIndexOf(0x0a) + 1
    this.rest = Buffer.from(bytes.subarray(end))
    for (const line of bytes.toString('utf8', 0, end).split('\n')) {
      if (line === '') continue
      const event = v.safeParse(Line, line)
      if (event.success) events.push(event.output)
    }
  }
}

const Line = v.pipe(v.string(), v.parseJson(), RunEvent)
