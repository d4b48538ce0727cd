import { t } from '../../shared/l10n.ts'
import { Damage, Excess, PARQUET_LIMITS } from './damage.ts'
import { integer, readStruct, type Struct, size, structs, substruct, text } from './thrift.ts'

export const TYPES = ['BOOLEAN', 'INT32', 'INT64', 'INT96', 'FLOAT', 'DOUBLE', 'BYTE_ARRAY', 'FIXED'] as const
export type Type = (typeof TYPES)[number]

/** A column of values, one or none a row. */
export interface Leaf {
  /** Among all leaves of the schema, as row groups list them. */
  readonly index: number
  /** Its own name and those of the groups it lies in, joined by points. */
  readonly name: string
  readonly type: Type
  /** Bytes of a value of type FIXED. */
  readonly length: number
  /** Definition level of a value that is there. */
  readonly levels: number
  /** What the values mean: the older field, and the newer one that has more. */
  readonly converted: number | null
  readonly logical: Struct | null
  readonly scale: number
}

export interface Chunk {
  readonly codec: number
  readonly values: number
  readonly start: number
  readonly packed: number
  readonly unpacked: number
}

export interface Metadata {
  readonly leaves: readonly Leaf[]
  /** Names of columns that hold lists, which are not read. */
  readonly lists: readonly string[]
  readonly groups: readonly { readonly rows: number; readonly chunks: readonly Chunk[] }[]
}

/** The footer of a Parquet file of `fileBytes` bytes (parquet-format 2.11, parquet.thrift). */
export function readMetadata(footer: Uint8Array, fileBytes: number): Metadata {
  const { struct } = readStruct(footer, 0)
  const { leaves, lists, count } = readSchema(structs(struct, 2))
  const groups = structs(struct, 4).map((group) => {
    const chunks = structs(group, 1)
    if (chunks.length !== count) throw new Damage(t`a row group without all columns`)
    return {
      rows: size(group, 3),
      chunks: leaves.map((leaf) => readChunk(chunks[leaf.index], leaf, fileBytes)),
    }
  })
  const rows = groups.reduce((sum, group) => sum + group.rows, 0)
  if (rows !== size(struct, 3)) throw new Damage(t`row groups that do not add up`)
  if (rows > PARQUET_LIMITS.rowsFrom && rows > fileBytes * PARQUET_LIMITS.rowsPerByte)
    throw new Excess(t`${rows} rows in ${fileBytes} bytes`)
  const unpacked = groups.reduce((sum, { chunks }) => chunks.reduce((s, chunk) => s + chunk.unpacked, sum), 0)
  if (unpacked > PARQUET_LIMITS.ratioFrom && unpacked > fileBytes * PARQUET_LIMITS.ratio)
    throw new Excess(t`${unpacked} bytes unpacked of ${fileBytes}`)
  return { leaves, lists, groups }
}

function readSchema(elements: readonly Struct[]) {
  const leaves: Leaf[] = []
  const lists = new Set<string>()
  let at = 1
  let count = 0
  const walk = (children: number, path: readonly string[], levels: number, list: boolean): void => {
    if (path.length > 32) throw new Damage(t`groups too deep inside one another`)
    for (let i = 0; i < children; i++) {
      const element = elements[at++]
      if (element === undefined) throw new Damage(t`a schema that is not complete`)
      const names = [...path, text(element, 4)]
      const repetition = integer(element, 3) ?? 0
      const level = levels + (repetition === 0 ? 0 : 1)
      const repeated = list || repetition === 2
      const inside = integer(element, 5)
      if (inside !== null && inside > 0) {
        walk(inside, names, level, repeated)
        continue
      }
      if (++count > PARQUET_LIMITS.columns) throw new Excess(t`more than 10000 columns`)
      if (repeated) {
        lists.add(names[0] ?? '')
        continue
      }
      const type = TYPES[integer(element, 1) ?? -1]
      if (type === undefined) throw new Damage(t`a column of unknown type`)
      const length = integer(element, 2) ?? 0
      if (type === 'FIXED' && (length < 1 || length > PARQUET_LIMITS.pageBytes))
        throw new Damage(t`a column of unknown width`)
      const logical = substruct(element, 10)
      const decimal = logical === null ? null : substruct(logical, 5)
      leaves.push({
        index: count - 1,
        name: names.join('.'),
        type,
        length,
        levels: level,
        converted: integer(element, 6),
        logical,
        scale: integer(decimal, 1) ?? integer(element, 7) ?? 0,
      })
    }
  }
  const [root] = elements
  if (root === undefined) throw new Damage(t`no schema`)
  walk(size(root, 5), [], 0, false)
  return { leaves, lists: [...lists], count }
}

function readChunk(struct: Struct | undefined, leaf: Leaf, fileBytes: number): Chunk {
  if (struct === undefined) throw new Damage(t`a column that is not there`)
  if (struct.has(1)) throw new Damage(t`a column in another file`)
  const meta = substruct(struct, 3)
  if (meta === null || struct.has(8)) throw new Damage(t`an encrypted column`)
  if (TYPES[integer(meta, 1) ?? -1] !== leaf.type) throw new Damage(t`a column of another type`)
  const data = size(meta, 9)
  const dictionary = integer(meta, 11) ?? 0
  // Some programs write 0, or leave it out where there is one.
  const start = dictionary > 0 && dictionary < data ? dictionary : data
  const packed = size(meta, 7)
  if (start + packed > fileBytes) throw new Damage(t`a column beyond the end of the file`)
  return { codec: integer(meta, 4) ?? 0, values: size(meta, 5), start, packed, unpacked: size(meta, 6) }
}
