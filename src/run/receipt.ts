import { existsSync } from 'node:fs'
import { join } from 'node:path'
import * as v from 'valibot'
import { atomicWrite } from '../data/atomic-write.ts'
import { t } from '../shared/l10n.ts'
import { Machine } from '../shared/run.ts'
import { readChecked } from './folder.ts'

const Hash = v.string()

/**
 * `receipt.json`: from what, by what and with what a run was made, and what came out, by hashes (SHA-256). It holds
 * no time and no path, so equal runs have equal receipts.
 */
export const Receipt = v.object({
  schema: v.literal(1),
  data: v.array(
    v.object({
      part: v.picklist(['train', 'valid', 'test', 'synonyms']),
      /** Of the file, without its folder. */
      name: v.string(),
      sha256: Hash,
      rows: v.number(),
    }),
  ),
  /** Files of the base model by name; none where the model starts from nothing. */
  base: v.object({ id: v.string(), files: v.record(v.string(), Hash) }),
  /** Of the options as they were decided, as JSON with sorted keys. */
  options: Hash,
  seed: v.number(),
  code: v.object({
    version: v.string(),
    /** Of the program's own files: `dist` as shipped, or `source` in a clone. */
    kind: v.picklist(['dist', 'source']),
    sha256: Hash,
  }),
  machine: v.nullable(Machine),
  versions: v.object({ node: v.string(), onnxruntime: v.string() }),
  device: v.string(),
  threads: v.number(),
  /** Files that came out, by their name in the run's folder with `/`. */
  files: v.record(v.string(), Hash),
})
export type Receipt = v.InferOutput<typeof Receipt>

const FILE = 'receipt.json'

export const writeReceipt = (run: string, receipt: Receipt): void =>
  atomicWrite(join(run, FILE), `${JSON.stringify(receipt, null, 2)}\n`)

/** null: runs of older versions have none. */
export const readReceipt = (run: string): Receipt | null => {
  const file = join(run, FILE)
  return existsSync(file) ? readChecked(file, Receipt, t`the run has no receipt`) : null
}
