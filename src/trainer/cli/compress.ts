import { join } from 'node:path'
import { textOf } from '../../data/model-text.ts'
import type { Run } from '../../run/folder.ts'
import { readPredictions } from '../../run/predictions.ts'
import { COMPRESSED, type Compressed, type FileMeasure, parseCompressed } from '../../shared/compression.ts'
import { UserError } from '../../shared/error.ts'
import { t } from '../../shared/l10n.ts'

/** What is asked of an export with `--compress`. */
export interface Compression {
  readonly dtypes: readonly Compressed[]
  readonly trim: boolean
}

/** @param list as `int8,fp16,trim`; null: nothing is asked */
export function compressionFrom(list: string | null): Compression | null {
  if (list === null) return null
  const words = list.split(',').map((word) => word.trim())
  const others = words.filter((word) => word !== 'trim')
  const dtypes = others.length === 0 ? [] : parseCompressed(others.join(','))
  if (dtypes === null)
    throw new UserError(
      t`--compress ${list}: must be of ${COMPRESSED.join(', ')}, trim, as in int8,fp16`,
      'usage',
    )
  return { dtypes, trim: words.includes('trim') }
}

/** Writes what is asked for into a copy of a run's model, and measures each file on the run's test rows. */
export async function compress(
  run: Run,
  folder: string,
  { dtypes, trim }: Compression,
): Promise<readonly FileMeasure[]> {
  const { record, path } = run
  if (record.base.kind === 'ngram')
    throw new UserError(t`--compress: an n-gram model has no smaller form; leave it out`, 'usage')
  if (record.resolved?.task === 'regress')
    throw new UserError(t`--compress: a model of numbers has no smaller form; leave it out`, 'usage')
  const { cpuRuntime } = await import('../engine/runtime.ts')
  const { formsOf, measureFolder, writeCompressed } = await import('../export/compress/compress.ts')
  const rows = await readPredictions(path)
  const { labels } = record.data
  if (trim) {
    const { trimFolder } = await import('../export/compress/trim.ts')
    const { learntTexts } = await import('../training/learnt-texts.ts')
    trimFolder(folder, await learntTexts(record))
  }
  writeCompressed(folder, dtypes)
  const untouched = { folder: join(path, 'model'), dtype: 'fp32', trimmed: false } as const
  const forms = formsOf(folder, dtypes, trim)
  return measureFolder(
    cpuRuntime(),
    folder,
    trim ? [untouched, ...forms] : forms,
    {
      texts: rows.map(({ text, text_pair }) => textOf({ text, pair: text_pair })),
      targets: rows.map(({ label }) => labels.indexOf(label)),
      expected: Float64Array.from(
        rows.flatMap(({ probabilities }) => labels.map((label) => probabilities[label] ?? Number.NaN)),
      ),
    },
    () => undefined,
  )
}
