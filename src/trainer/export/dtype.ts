import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { DTYPES, type Dtype } from '../../shared/compression.ts'

/** The file that transformers.js opens for a dtype, in the model's folder. */
export const fileOf = (dtype: Dtype): string => `onnx/model${dtype === 'fp32' ? '' : `_${dtype}`}.onnx`

export const dtypesIn = (folder: string): readonly Dtype[] =>
  DTYPES.filter((dtype) => existsSync(join(folder, fileOf(dtype))))
