import { loadCheckpoint } from '../../run/checkpoint.ts'
import { appendLog } from '../../run/log.ts'
import { deviceName } from '../../shared/device.ts'
import { t } from '../../shared/l10n.ts'
import { DeviceFailure } from '../engine/device-failure.ts'
import { openTextModel } from '../text/text-model.ts'
import { withDevice } from './choose-device.ts'
import type { Inputs } from './inputs.ts'
import type { Journal } from './journal.ts'
import { changedBase, refuseChanged } from './resumable.ts'

/**
 * Works on the run's device, and where that fails goes on from the last checkpoint on the processor, as a run that is
 * resumed. A checkpoint is a minute old at most.
 *
 * @param warning what is to be said before anything else, once the events are cut back to the checkpoint
 */
export const onAnyDevice = async <T>(
  journal: Journal,
  inputs: Inputs,
  warning: string | null,
  work: (inputs: Inputs, warning: string | null) => Promise<T>,
): Promise<T> => {
  try {
    return await work(inputs, warning)
  } catch (error) {
    if (!(error instanceof DeviceFailure)) throw error
    appendLog(journal.path, error.stack ?? error.message)
    return work(await onProcessor(journal, inputs), goesOn(journal, error))
  }
}

const onProcessor = async (journal: Journal, inputs: Inputs): Promise<Inputs> => {
  const there = withDevice(inputs, 'cpu')
  const { folder } = inputs.model
  // What was trained stands in the numbers that the model was read into: it is read anew.
  const model = await openTextModel(there.runtime, folder, inputs.data.cleaning.steps)
  const again = { ...there, model }
  refuseChanged(await changedBase(journal.record, again), false)
  journal.save({ resolved: again.options })
  return again
}

const goesOn = (journal: Journal, { device, reason }: DeviceFailure): string => {
  const step = loadCheckpoint(journal.path, 'last')?.step ?? null
  return step === null
    ? t`${deviceName(device)} failed (${reason}). The run begins anew on the processor.`
    : t`${deviceName(device)} failed (${reason}). The run goes on from step ${step} on the processor.`
}
