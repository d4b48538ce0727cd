import { type FileHandle, mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as v from 'valibot'
import type { Row } from '../../data/table.ts'
import type { RowStore } from './row-store.ts'

/** Rows of a block, which is read and written as a whole. */
const BLOCK = 256

const Block = v.array(
  v.object({
    row: v.number(),
    line: v.number(),
    cells: v.array(v.string()),
    width: v.number(),
    stray: v.boolean(),
  }),
)

/**
 * Keeps rows in a temporary file, in blocks of JSON: for files whose rows can't be read from the middle (a workbook,
 * Parquet, an array of JSON). The file goes with `close`, and where the system allows it with the process.
 */
export async function createSpill(): Promise<RowStore> {
  const folder = await mkdtemp(join(tmpdir(), 'finesse-rows-'))
  const file = await open(join(folder, 'rows'), 'wx+', 0o600)
  // An open file without a name is gone when its process is; Windows keeps the name.
  if (process.platform !== 'win32') await rm(folder, { recursive: true, force: true })
  const ends: number[] = []
  let pending: Row[] = []
  let rows = 0
  const write = async (): Promise<void> => {
    const block = Buffer.from(JSON.stringify(pending))
    const start = ends.at(-1) ?? 0
    pending = []
    await writeAll(file, block, start)
    ends.push(start + block.length)
  }
  const readBlock = async (number: number): Promise<readonly Row[]> => {
    const [start, end] = [ends[number - 1] ?? 0, ends[number]]
    if (end === undefined) return pending
    const block = Buffer.alloc(end - start)
    await file.read(block, 0, block.length, start)
    return v.parse(v.pipe(v.string(), v.parseJson(), Block), block.toString())
  }
  return {
    get rows() {
      return rows
    },
    bytes: null,
    add(row) {
      if (row.row <= rows) return undefined
      rows = row.row
      pending.push({ ...row })
      return pending.length === BLOCK ? write() : undefined
    },
    async read(first, count) {
      const found: Row[] = []
      const last = Math.min(rows, first + count - 1)
      for (let number = Math.floor((first - 1) / BLOCK); number * BLOCK < last; number++)
        found.push(...(await readBlock(number)).filter(({ row }) => row >= first && row <= last))
      return found
    },
    async close() {
      await file.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

async function writeAll(file: FileHandle, bytes: Buffer, start: number): Promise<void> {
  for (let written = 0; written < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, written, bytes.length - written, start + written)
    written += bytesWritten
  }
}
