import * as v from 'valibot'

/** How many rows, and the first of them (1-based, the header not counted). */
export const RowCount = v.object({ count: v.number(), rows: v.array(v.number()) })
export type RowCount = v.InferOutput<typeof RowCount>

/** What a file holds: the result of `finesse profile`. */
export const Profile = v.object({
  path: v.string(),
  format: v.object({
    kind: v.picklist(['csv', 'tsv', 'jsonl', 'json', 'xlsx', 'parquet']),
    delimiter: v.nullable(v.string()),
    header: v.boolean(),
    bom: v.boolean(),
    /** Of a text file; null: the format has its own. */
    encoding: v.nullable(v.picklist(['utf-8', 'utf-16le', 'utf-16be', 'gb18030', 'windows-1252'])),
  }),
  text: v.string(),
  label: v.string(),
  /** All rows of the file. */
  rows: v.number(),
  /** Rows with a text and a label: what all below but the left-out rows is about. */
  usable: v.number(),
  /** Most frequent first. */
  labels: v.array(v.object({ label: v.string(), rows: v.number() })),
  lengths: v.object({
    unit: v.picklist(['tokens', 'characters']),
    /** Texts measured. */
    sampled: v.number(),
    min: v.number(),
    median: v.number(),
    p95: v.number(),
    max: v.number(),
  }),
  empty_texts: RowCount,
  missing_labels: RowCount,
  /** Rows with fewer cells than columns, with more, and with text after a closing quote. */
  short_rows: RowCount,
  long_rows: RowCount,
  stray_quotes: RowCount,
  /** Rows whose text and label stood in an earlier row; `examples` are the rows of one text each. */
  duplicates: v.object({ rows: v.number(), texts: v.number(), examples: v.array(v.array(v.number())) }),
  /** Texts that stand in the file with different labels, and their rows. */
  conflicts: v.object({
    rows: v.number(),
    texts: v.number(),
    examples: v.array(v.array(v.object({ row: v.number(), label: v.string() }))),
  }),
})
export type Profile = v.InferOutput<typeof Profile>
