import type { RunOptions } from '../../shared/config.ts'
import { missingDevice } from '../engine/device-check.ts'
import { DeviceFailure } from '../engine/device-failure.ts'
import type { Tensor } from '../engine/tensor.ts'
import { loopOf } from './fine-tune.ts'
import { type DeviceTimes, type Inputs, prepare } from './inputs.ts'
import type { Report } from './journal.ts'
import { epochBatches } from './step/batches.ts'
import { entryOf } from './step/network.ts'
import { openSteps } from './step/open-steps.ts'
import { type Parts, partsOf } from './step/parts.ts'
import { type RowSource, rowTokens } from './step/rows.ts'

/** A device is taken that needs less than this share of the processor's time: the processor repeats to the bit. */
const MARGIN = 0.8
/** Steps that are timed, after one that compiles. */
const TIMED = 3

/** What a new run works on, its device chosen where that is left open. Where the processor is alone nothing is measured. */
export const prepareNew = async (
  files: readonly string[],
  options: RunOptions,
  report: Report,
): Promise<Inputs> => {
  if (options.device !== 'auto' || options.engine === 'tfjs') return prepare(files, options, report)
  // Found out while the files are read.
  const missing = missingDevice('webgpu')
  const inputs = await prepare(files, options, report)
  return (await missing) === null && inputs.options.strategy !== 'head' ? chooseDevice(inputs) : inputs
}

/**
 * Of processor and WebGPU device the one that trains faster: both take a few steps of this training at a rate of 0, on
 * a batch of middling length.
 */
export const chooseDevice = async (inputs: Inputs): Promise<Inputs> => {
  const parts = await untrainedParts(inputs)
  const cpu = await timed(inputs, parts)
  const onDevice = withDevice(inputs, 'webgpu')
  try {
    const times: DeviceTimes = { cpu, webgpu: await timed(onDevice, parts), failure: null }
    const chosen = times.webgpu !== null && times.webgpu < MARGIN * cpu ? onDevice : inputs
    return { ...chosen, times }
  } catch (error) {
    if (!(error instanceof DeviceFailure)) throw error
    return { ...inputs, times: { cpu, webgpu: null, failure: error.reason } }
  }
}

export const withDevice = (inputs: Inputs, device: Inputs['options']['device']): Inputs => ({
  ...inputs,
  options: { ...inputs.options, device },
  runtime: { ...inputs.runtime, device },
})

/** What will be trained, with a head that says nothing and, below what is trained, rows of zeros. */
const untrainedParts = async (inputs: Inputs): Promise<Parts> => {
  const { model, data, options, encoded, windows } = inputs
  const { width } = model.trunk
  const entry = entryOf(model, options)
  const division = entry === null ? null : { value: entry, width, half: false }
  const read = (rows: readonly number[], length: number): Tensor => ({
    type: 'float32',
    dims: [rows.length, length, width],
    data: new Float32Array(rows.length * length * width),
  })
  const source: RowSource = {
    encoded,
    windows,
    padId: model.tokenizer.padId,
    cache: division && { read },
  }
  const outputs = data.numbers ? 1 : data.labels.length
  const head = { weight: new Float32Array(width * outputs), bias: new Float32Array(outputs) }
  return { ...(await partsOf(inputs, division, source, head)), features: null }
}

/** Milliseconds of a step. At a rate of 0 no weight changes. */
const timed = async (inputs: Inputs, parts: Parts): Promise<number> => {
  const loop = loopOf(inputs, parts)
  const { rows, source, options } = loop
  const batch = middling(
    rows,
    rows.map((row) => rowTokens(source, row)),
    options.batch,
    options.seed,
  )
  const steps = await openSteps(loop)
  try {
    const times: number[] = []
    for (let step = 0; step <= TIMED; step++) {
      const began = performance.now()
      await steps.take(batch, 0, step, 1)
      if (step > 0) times.push(performance.now() - began)
    }
    return times.sort((a, b) => a - b)[Math.floor(TIMED / 2)] ?? Number.POSITIVE_INFINITY
  } finally {
    await steps.release()
  }
}

/** Of the batches of an epoch the one in the middle by its tokens. */
const middling = (
  rows: readonly number[],
  tokens: readonly number[],
  batch: number,
  seed: number,
): readonly number[] => {
  const sum = (positions: readonly number[]): number =>
    positions.reduce((all, position) => all + (tokens[position] ?? 0), 0)
  const batches = [...epochBatches(tokens, batch, seed, 1)].sort((a, b) => sum(a) - sum(b))
  return (batches[Math.floor(batches.length / 2)] ?? []).map((position) => rows[position] ?? 0)
}
