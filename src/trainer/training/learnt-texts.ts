import { existsSync } from 'node:fs'
import { type ModelText, textOf } from '../../data/model-text.ts'
import { sha256 } from '../../data/sha256.ts'
import { UserError } from '../../shared/error.ts'
import { t } from '../../shared/l10n.ts'
import type { RunRecord } from '../../shared/run.ts'
import { prepareData } from './prepare.ts'
import { trainingFiles, withFiles } from './train.ts'

/** The texts that a finished run was trained and validated on, read again from its files. */
export const learntTexts = async (record: RunRecord): Promise<readonly ModelText[]> => {
  for (const file of [record.data.train, ...record.data.more, record.data.valid])
    if (file && (!existsSync(file.path) || (await sha256(file.path)) !== file.sha256))
      throw new UserError(
        t`${file.path}: the file is not there any more or has changed, and its texts say which tokens stay. Put it back, or leave trim out.`,
      )
  const { examples, parts } = await prepareData(trainingFiles(record), withFiles(record))
  return [...parts.train, ...parts.valid].flatMap((row) => {
    const example = examples[row]
    return example ? [textOf(example)] : []
  })
}
