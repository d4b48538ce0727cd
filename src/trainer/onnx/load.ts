import { dirname } from 'node:path'
import type { Model } from './model.ts'
import { readModel } from './read.ts'
import { readModelFile } from './read-file.ts'

/** The model in an ONNX file, with the tensors that lie in files beside it. */
export function loadModel(path: string): Model {
  return readModel(readModelFile(path), dirname(path), path)
}
