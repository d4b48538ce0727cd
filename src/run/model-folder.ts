import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { UserError } from '../shared/error.ts'
import { t } from '../shared/l10n.ts'
import { statusName } from '../shared/status.ts'
import { readRecord } from './folder.ts'

/** The folder of the model that a run's folder holds, or the folder itself where it is no run's. */
export function modelFolderOf(path: string): string {
  if (!existsSync(path)) throw new UserError(t`${path}: there is no such folder; choose another model`)
  if (!existsSync(join(path, 'run.json'))) return path
  const { status } = readRecord(path)
  if (status !== 'done')
    throw new UserError(
      t`${path}: this run has no model yet, it is ${statusName(status)}; choose one that is done`,
    )
  const folder = join(path, 'model')
  if (!existsSync(folder))
    throw new UserError(t`${path}: the model of this run is gone; choose another model`)
  return folder
}

/** Changes when the model's file does; null where there is none. */
export function modelStamp(folder: string): string | null {
  const file = statSync(join(folder, 'onnx', 'model.onnx'), { throwIfNoEntry: false })
  return file === undefined ? null : `${file.ino} ${file.size} ${file.mtimeMs}`
}
