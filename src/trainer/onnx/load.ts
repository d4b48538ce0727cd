import { dirname } from 'node:path'
import { UserError } from '../../shared/error.ts'
import { t } from '../../shared/l10n.ts'
import type { Model } from './model.ts'
import { raiseHalf } from './precision.ts'
import { readModel } from './read.ts'
import { readModelFile } from './read-file.ts'
import { upgrade } from './upgrade.ts'

/**
 * The model in an ONNX file, with the tensors that lie in files beside it: all arithmetic in float32, the
 * default domain at opset OPSET or newer.
 */
export function loadModel(path: string): Model {
  const model = readModel(readModelFile(path), dirname(path), path)
  try {
    return upgrade(raiseHalf(model))
  } catch (error) {
    // These two know the model and not its file.
    throw error instanceof UserError ? new UserError(t`${path}: ${error.message}`) : error
  }
}
