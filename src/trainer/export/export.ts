import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { rename, syncFolder } from '../../data/atomic-write.ts'
import type { ModelText } from '../../data/model-text.ts'
import { UserError } from '../../shared/error.ts'
import { t } from '../../shared/l10n.ts'
import type { Runtime } from '../engine/runtime.ts'
import { openPredictor } from '../prediction/predict.ts'
import { type ExportedModel, writeModelFolder } from './folder.ts'

/**
 * The exported file's probabilities, which the processor computes, may differ from the trainer's by this much.
 * Devices multiply and sum in orders and precisions of their own.
 */
const TOLERANCE: Readonly<Record<Runtime['device'], number>> = {
  cpu: 1e-4,
  webgpu: 1e-3,
  cuda: 1e-3,
  dml: 1e-3,
  coreml: 1e-3,
  tfjs: 1e-3,
}

/**
 * Writes the model's folder and holds it to what was measured: the exported file predicts every test row from
 * its raw text, and the largest difference from the trainer's own probabilities is returned. Only then does the
 * folder get its name: an export that answers differently is none, and one that was not checked is none yet.
 *
 * @param expected [texts, labels]
 * @param complete is given the folder once it has passed, before it gets its name
 * @param unit what differences are counted in: 1 for probabilities, for numbers their standard deviation
 */
export const exportChecked = async (
  runtime: Runtime,
  run: string,
  model: ExportedModel,
  texts: readonly ModelText[],
  expected: Float64Array,
  progress: (done: number) => void,
  complete: (folder: string) => Promise<void> = async () => undefined,
  unit = 1,
): Promise<number> => {
  const write = (folder: string): void => writeModelFolder(folder, model, { replace: true })
  return writeChecked(runtime, run, write, texts, expected, progress, complete, unit)
}

/** The same for a folder of any kind that a predictor opens. */
export const writeChecked = async (
  runtime: Runtime,
  run: string,
  write: (folder: string) => void,
  texts: readonly ModelText[],
  expected: Float64Array,
  progress: (done: number) => void,
  complete: (folder: string) => Promise<void> = async () => undefined,
  unit = 1,
): Promise<number> => {
  const folder = join(run, 'model.unchecked')
  write(folder)
  try {
    const difference = (await differenceFrom(expected, folder, runtime, texts, progress)) / unit
    const allowed = TOLERANCE[runtime.device]
    if (difference <= allowed) {
      await complete(folder)
      rmSync(join(run, 'model'), { recursive: true, force: true })
      rename(folder, join(run, 'model'))
      syncFolder(run)
      return difference
    }
    throw new UserError(
      unit === 1
        ? t`The exported model answers differently from the trained one: probabilities differ by up to ${difference.toPrecision(2)}, allowed is ${allowed}. Nothing was exported; the checkpoint is kept in ${run}.`
        : t`The exported model answers differently from the trained one: numbers differ by up to ${difference.toPrecision(2)} standard deviations, allowed is ${allowed}. Nothing was exported; the checkpoint is kept in ${run}.`,
    )
  } catch (error) {
    rmSync(folder, { recursive: true, force: true })
    throw error
  }
}

const differenceFrom = async (
  expected: Float64Array,
  folder: string,
  runtime: Runtime,
  texts: readonly ModelText[],
  progress: (done: number) => void,
): Promise<number> => {
  const predictor = await openPredictor(folder, { ...runtime, device: 'cpu' })
  try {
    const probabilities = await predictor.predict(texts, progress)
    return probabilities.reduce(
      (most, probability, i) => Math.max(most, Math.abs(probability - (expected[i] ?? Number.NaN))),
      0,
    )
  } finally {
    await predictor.close()
  }
}
