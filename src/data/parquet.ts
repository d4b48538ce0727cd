import { type FileHandle, open } from 'node:fs/promises'
import { listed } from '../shared/counts.ts'
import { UserError } from '../shared/error.ts'
import { t } from '../shared/l10n.ts'
import { fileError } from './decode.ts'
import { columnNames } from './header.ts'
import { columnPages, type Page, UnknownCodec } from './parquet/column.ts'
import { Damage, Excess, PARQUET_LIMITS } from './parquet/damage.ts'
import { type Metadata, readMetadata } from './parquet/metadata.ts'
import type { Row, Table } from './table.ts'

/**
 * Opens a Parquet file. Every column of single values is a column of the table, one inside a struct as `pair.a`;
 * columns of lists are left out and said. Pages are read one by one, so memory follows their size, not the file's.
 * Limits: `PARQUET_LIMITS`.
 */
export async function openParquet(path: string): Promise<Table> {
  const metadata = await withFile(path, (file) => metadataOf(path, file))
  const { leaves, lists, groups } = metadata
  if (leaves.length === 0)
    throw new UserError(t`${path} has no column of single values; it needs a text and a label`)
  if (groups.every(({ rows }) => rows === 0))
    throw new UserError(t`${path} has no rows; add rows with a text and a label`)
  return {
    path,
    format: { kind: 'parquet', delimiter: null, header: false, bom: false, encoding: null },
    columns: columnNames(leaves.map(({ name }) => name)),
    said:
      lists.length > 0
        ? [t`${path}: left out because they hold lists: ${listed(lists.map((name) => `"${name}"`))}.`]
        : [],
    rows: () => parquetRows(path, metadata),
  }
}

async function* parquetRows(path: string, { leaves, groups }: Metadata): AsyncGenerator<Row> {
  const file = await open(path).catch((error: unknown) => {
    throw fileError(path, error)
  })
  let row = 0
  try {
    const { size: fileBytes } = await file.stat()
    const read = (offset: number, length: number) => bytesAt(file, offset, length)
    let budget = Math.max(PARQUET_LIMITS.chars, fileBytes * PARQUET_LIMITS.charsPerByte)
    for (const { rows, chunks } of groups) {
      const columns = leaves.flatMap((leaf, i) => {
        const chunk = chunks[i]
        return chunk === undefined
          ? []
          : [{ pages: columnPages(read, leaf, chunk, rows), page: EMPTY, at: 0 }]
      })
      for (let i = 0; i < rows; i++) {
        const cells: string[] = []
        for (const column of columns) {
          if (column.at === column.page.length) {
            const next = await column.pages.next()
            if (next.done === true) throw new Damage(t`a column that is not complete`)
            column.page = next.value
            column.at = 0
          }
          const text = column.page.text(column.at++)
          budget -= text.length
          cells.push(text)
        }
        if (budget < 0) throw new Excess(t`cells of more characters than any table of its size`)
        row++
        yield { row, line: row, cells, width: cells.length, stray: false }
      }
    }
  } catch (error) {
    throw told(path, error, row + 1)
  } finally {
    await file.close()
  }
}

const EMPTY: Page = { length: 0, text: () => '' }

async function metadataOf(path: string, file: FileHandle): Promise<Metadata> {
  const { size } = await file.stat()
  const tail = await bytesAt(file, Math.max(0, size - 8), 8)
  const magic = Buffer.from(tail.subarray(-4)).toString('latin1')
  if (magic === 'PARE')
    throw new UserError(t`${path} is encrypted: write it without encryption and give that`)
  if (size < 12 || magic !== 'PAR1')
    throw new UserError(
      t`${path} is damaged or not complete: a Parquet file ends as it begins; copy it again`,
    )
  const length = new DataView(tail.buffer, tail.byteOffset).getUint32(0, true)
  if (length > size - 12) throw new Damage(t`a footer beyond the file`)
  if (length > PARQUET_LIMITS.footerBytes) throw new Excess(t`a footer of ${length} bytes`)
  return readMetadata(await bytesAt(file, size - 8 - length, length), size)
}

async function bytesAt(file: FileHandle, offset: number, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length)
  let read = 0
  while (read < length) {
    const { bytesRead } = await file.read(bytes, read, length - read, offset + read)
    if (bytesRead === 0) break
    read += bytesRead
  }
  return bytes.subarray(0, read)
}

async function withFile<T>(path: string, use: (file: FileHandle) => Promise<T>): Promise<T> {
  try {
    const file = await open(path)
    try {
      return await use(file)
    } finally {
      await file.close()
    }
  } catch (error) {
    throw told(path, error, null)
  }
}

/** What is wrong with the file, in a line. */
function told(path: string, error: unknown, row: number | null): unknown {
  const where = row === null ? path : t`${path} row ${row}`
  if (error instanceof Excess)
    return new UserError(
      t`${where}: ${error.message}, which no table of texts needs; write its table as CSV and give that`,
    )
  if (error instanceof Damage)
    return new UserError(
      t`${where}: the Parquet file is damaged (${error.message}); copy it again or write it anew`,
    )
  if (error instanceof UnknownCodec)
    return new UserError(
      t`${path} is packed with ${error.message}, which can't be read: write it with snappy or zstd`,
    )
  return fileError(path, error)
}
