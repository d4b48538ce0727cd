import * as v from 'valibot'

/** A file that is named for a part of the split, by its option. */
export const NamedPart = v.picklist(['valid', 'test'])
export type NamedPart = v.InferOutput<typeof NamedPart>

/** How many rows, and the first of them. `line`: where the row begins; null: the editor can't open the file as text. */
const PlacedRows = v.object({
  count: v.number(),
  rows: v.array(v.object({ row: v.number(), line: v.nullable(v.number()) })),
})

/** Rows of a named file that training has too; of the test file also those that a named validation file has. */
export const NamedLeaks = v.object({
  part: NamedPart,
  /** Absolute path. */
  path: v.string(),
  exact: PlacedRows,
  near: PlacedRows,
  /** Why its rows could not be compared, in a line. */
  problem: v.nullable(v.string()),
})
export type NamedLeaks = v.InferOutput<typeof NamedLeaks>
