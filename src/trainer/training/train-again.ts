import { UserError } from '../../shared/error.ts'
import { t } from '../../shared/l10n.ts'
import type { RunRecord } from '../../shared/run.ts'
import { dataOptions, NGRAM_BASE, ngramStages } from '../ngram/run.ts'
import { prepare } from './inputs.ts'
import { Journal, type Report } from './journal.ts'
import { prepareData, withLabelsOf } from './prepare.ts'
import { changedBase, onPresentDevice } from './resumable.ts'
import { type Ending, newRun, recordOf, stages, trainingFiles, withFiles, work } from './train.ts'

/**
 * Trains what a run trained once more from its beginning: on the same files, with all that it had decided and as many
 * threads as its record says, into a run of its own in `out`.
 *
 * @throws UserError where the base model is not what it was
 */
export const trainAgain = async (
  record: RunRecord,
  out: string,
  report: Report,
  stop: AbortSignal,
): Promise<Ending> => {
  const files = trainingFiles(record)
  const options = withFiles(record)
  const { threads } = record.versions
  const request = { files, options: record.options, out, name: record.name }
  if (record.base.kind === 'ngram') {
    const data = withLabelsOf(await prepareData(files, dataOptions(options)), record.data.labels)
    const run = newRun(request, data, { resolved: null, base: NGRAM_BASE, steps: 1, threads })
    return work(new Journal(run.path, run.record, report), stop, (ended, journal) =>
      ngramStages(journal, data, ended),
    )
  }
  const inputs = await prepare(files, options, report, await onPresentDevice(record))
  const changes = await changedBase(record, inputs)
  if (changes.length > 0)
    throw new UserError(
      t`${changes.join('; ')}. So something else would be trained; put the base model back.`,
      'changed',
    )
  const run = newRun(request, inputs.data, await recordOf(inputs, record.options))
  return work(new Journal(run.path, run.record, report), stop, (ended, journal) =>
    stages(journal, inputs, ended, []),
  )
}
