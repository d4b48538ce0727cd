import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { atomicWrite } from '../../../data/atomic-write.ts'
import type { Compressed, FileMeasure } from '../../../shared/compression.ts'
import type { Runtime } from '../../engine/runtime.ts'
import { loadModel } from '../../onnx/load.ts'
import type { Model } from '../../onnx/model.ts'
import { writeModel } from '../../onnx/write.ts'
import { fileOf } from '../dtype.ts'
import { withFileTable } from './card-section.ts'
import { toFp16 } from './fp16.ts'
import { toInt8 } from './int8.ts'
import { type Form, measureForms, type TestRows } from './measure.ts'

const FORMS: Readonly<Record<Compressed, (model: Model) => Model>> = { fp16: toFp16, int8: toInt8 }

/** Writes the smaller files of a model's folder beside its fp32 file. Equal models give equal bytes. */
export const writeCompressed = (folder: string, dtypes: readonly Compressed[]): void => {
  const model = loadModel(join(folder, fileOf('fp32')))
  for (const dtype of dtypes) atomicWrite(join(folder, fileOf(dtype)), writeModel(FORMS[dtype](model)))
}

/**
 * Measures a folder's forms and writes the table into its model card, which then holds times: of two equal runs
 * it is the one file that differs.
 *
 * @param forms the untouched fp32 file first
 */
export const measureFolder = async (
  runtime: Runtime,
  folder: string,
  forms: readonly Form[],
  rows: TestRows,
  progress: (done: number) => void,
): Promise<readonly FileMeasure[]> => {
  const files = await measureForms({ ...runtime, device: 'cpu' }, forms, rows, progress)
  const card = join(folder, 'README.md')
  atomicWrite(card, withFileTable(readFileSync(card, 'utf8'), files, rows.texts.length, runtime.threads))
  return files
}

/** The fp32 file of a folder and the smaller ones beside it. */
export const formsOf = (folder: string, dtypes: readonly Compressed[], trimmed = false): readonly Form[] =>
  (['fp32', ...dtypes] as const).map((dtype) => ({ folder, dtype, trimmed }))
