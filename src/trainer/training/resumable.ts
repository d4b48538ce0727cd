import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { correctionsHash, correctionsPath } from '../../data/corrections.ts'
import { sha256 } from '../../data/sha256.ts'
import { machineDifferences, thisMachine } from '../../run/machine.ts'
import { deviceName } from '../../shared/device.ts'
import { UserError } from '../../shared/error.ts'
import { t } from '../../shared/l10n.ts'
import type { DataFile, RunRecord } from '../../shared/run.ts'
import { missingDevice } from '../engine/device-check.ts'
import { runtimeVersion } from '../engine/runtime.ts'
import { baseFiles } from './base-files.ts'
import type { Inputs } from './inputs.ts'
import { stepsPerEpoch } from './loop.ts'

/** Files that a run was begun on. */
export const filesOf = ({ train, more, valid, test, synonyms }: RunRecord['data']): readonly DataFile[] =>
  [train, ...more, valid, test, synonyms].filter((file) => file !== null)

/** Files of the data that are not as they were when the run began, a phrase each. One that is gone is left to its reader. */
export const changedFiles = async ({ data }: RunRecord): Promise<readonly string[]> => {
  const changed: string[] = []
  for (const { path, sha256: then, corrections = null } of filesOf(data)) {
    if (existsSync(path) && (await sha256(path)) !== then)
      changed.push(t`${path}: the file changed since the run began`)
    if ((await correctionsHash(path)) !== corrections)
      changed.push(t`${correctionsPath(path)}: the file changed since the run began`)
  }
  return changed
}

/** What of machine and data is not as it was when the run began, a phrase each. */
export const changedSurroundings = async (record: RunRecord): Promise<readonly string[]> => {
  const differences = machineDifferences(record, thisMachine(), runtimeVersion)
  differences.push(...(await changedFiles(record)))
  if (record.resolved && (await missingDevice(record.resolved.device)) !== null)
    differences.push(t`it trained on ${deviceName(record.resolved.device)}, which is not here`)
  return differences
}

/** The record as it goes on here: on the processor, where the run's device is not here. */
export const onPresentDevice = async (record: RunRecord): Promise<RunRecord> =>
  record.resolved && (await missingDevice(record.resolved.device)) !== null
    ? { ...record, resolved: { ...record.resolved, device: 'cpu' } }
    : record

/** What of the base model is not as it was when the run began. */
export const changedBase = async ({ base }: RunRecord, { model }: Inputs): Promise<readonly string[]> => {
  if (base.kind !== 'encoder') return []
  const { folder } = model.folder
  const changed = (await sha256(model.onnxFile)) === base.sha256 ? [] : [model.onnxFile]
  // Records from before these were kept say nothing of them.
  const files = Object.entries(base.files)
  const now = files.length === 0 ? {} : await baseFiles(folder, model.onnxFile)
  for (const [name, then] of files) if (now[name] !== then) changed.push(join(folder, name))
  for (const name of Object.keys(now)) if (!(name in base.files)) changed.push(join(folder, name))
  return changed.map((file) => t`${file}: the base model changed since the run began`)
}

/** @throws UserError that names the differences, unless the person wants to go on all the same */
export const refuseChanged = (differences: readonly string[], force: boolean): void => {
  if (differences.length === 0 || force) return
  throw new UserError(
    t`${differences.join('; ')}. So the run would not end as it began to: start a new one, or resume this one by force.`,
    'changed',
  )
}

/**
 * The record of a run that goes on by force, with what it goes on with. The labels must be the same: the head's rows stand for them.
 */
export const forcedRecord = async (record: RunRecord, inputs: Inputs): Promise<RunRecord> => {
  const { data, model, options } = inputs
  const { labels } = record.data
  if (labels.join('\n') !== data.labels.join('\n'))
    throw new UserError(
      t`${record.data.train.path}: its labels are no longer those that the run learns (${labels.slice(0, 5).join(', ')}${labels.length > 5 ? ' ...' : ''}), so it cannot go on, not by force either. Start a new one.`,
    )
  const { train, valid, test } = data.parts
  const steps = stepsPerEpoch(train.length, options.batch) * options.epochs
  return {
    ...record,
    machine: thisMachine(),
    data: {
      ...record.data,
      ...data.files,
      more: [...data.files.more],
      target: data.numbers?.scale ?? null,
      split: { train: train.length - data.added, valid: valid.length, test: test.length },
    },
    base:
      record.base.kind === 'encoder'
        ? {
            ...record.base,
            sha256: await sha256(model.onnxFile),
            files: await baseFiles(model.folder.folder, model.onnxFile),
          }
        : record.base,
    progress: { ...record.progress, steps },
    versions: { ...record.versions, onnxruntime: runtimeVersion },
  }
}
