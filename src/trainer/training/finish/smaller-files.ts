import { type FileMeasure, parseCompressed } from '../../../shared/compression.ts'
import type { RunOptions } from '../../../shared/config.ts'
import { UserError } from '../../../shared/error.ts'
import { t } from '../../../shared/l10n.ts'
import { formsOf, measureFolder, writeCompressed } from '../../export/compress/compress.ts'
import type { TestRows } from '../../export/compress/measure.ts'
import type { Inputs } from '../inputs.ts'
import type { Journal } from '../journal.ts'

/** Smaller files are measured by their accuracy. */
export const checkCompress = ({ compress, task }: Pick<RunOptions, 'compress' | 'task'>): void => {
  if (compress !== null && task === 'regress')
    throw new UserError(
      t`Smaller files can't be made yet of a model that predicts numbers. Leave them out.`,
      'usage',
    )
}

/** Writes and measures the smaller files that the run asked for, in a folder that passed the gate, and tells of each. */
export const addSmallerFiles = async (
  journal: Journal,
  { runtime }: Inputs,
  folder: string,
  rows: TestRows,
): Promise<readonly FileMeasure[]> => {
  const { compress } = journal.record.options
  const dtypes = compress === null ? [] : (parseCompressed(compress) ?? [])
  if (dtypes.length === 0) return []
  writeCompressed(folder, dtypes)
  const all = rows.texts.length * (dtypes.length + 1)
  const files = await measureFolder(runtime, folder, formsOf(folder, dtypes), rows, (done) =>
    journal.progress('export', done, all, t`${done} of ${all} rows measured`),
  )
  const [first] = files
  for (const file of files.slice(1))
    journal.tell({
      event: 'note',
      message: t`${file.file}: ${megabytes(file.bytes)} MB (fp32 ${megabytes(first?.bytes ?? 0)}), ${file.ms_single} ms a text (${first?.ms_single ?? ''}), accuracy ${file.accuracy.toFixed(4)} (${first?.accuracy.toFixed(4) ?? ''}), largest difference of a probability ${file.difference.toPrecision(2)}.`,
    })
  return files
}

const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(1)
