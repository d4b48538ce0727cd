import * as v from 'valibot'

/** How many rows, and the first of them (1-based, the header not counted). */
export const RowCount = v.object({ count: v.number(), rows: v.array(v.number()) })
export type RowCount = v.InferOutput<typeof RowCount>

/** Rows of nearly equal text. */
export const NearFound = v.object({
  /** Rows that have such a one, of different text; the groups that they make, and the first rows of some. */
  rows: v.number(),
  groups: v.number(),
  examples: v.array(v.array(v.number())),
  /** Rows nearly equal to one of another label, and some of these pairs. */
  conflicts: v.object({
    rows: v.number(),
    examples: v.array(v.array(v.object({ row: v.number(), label: v.string() }))),
  }),
  /** Rows that were compared: of a very large file the first ones. */
  compared: v.number(),
})
export type NearFound = v.InferOutput<typeof NearFound>

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
  /** Labels that differ only in case, spaces or the way a number is written. */
  label_variants: v.array(v.array(v.object({ label: v.string(), rows: v.number() }))),
  /** Of a text of more than 20,000 characters the beginning is measured, and the rest counted in proportion. */
  lengths: v.object({
    unit: v.picklist(['tokens', 'characters']),
    /** Texts measured. */
    sampled: v.number(),
    min: v.number(),
    median: v.number(),
    p95: v.number(),
    max: v.number(),
    /** How many of the measured texts have each length, by rising length. */
    counts: v.array(v.tuple([v.number(), v.number()])),
    /** What training would leave out: texts of more than `limit` tokens, and the share of all tokens beyond it. */
    cut: v.optional(v.object({ limit: v.number(), texts: v.number(), share: v.number() })),
  }),
  longest: v.object({ row: v.number(), characters: v.number() }),
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
  /** Share of the different texts that were compared: below 1, the two above are scaled up from it. */
  compared: v.number(),
  /** Not there until it was looked for. */
  near: v.optional(NearFound),
  /** A column that looks like groups, where none is chosen. */
  group_column: v.optional(v.string()),
})
export type Profile = v.InferOutput<typeof Profile>
