import { join } from 'node:path'
import { type SafeTensor, writeSafetensors } from '../../../run/safetensors.ts'
import { ADAPTER_SCALE } from '../../structure/adapters.ts'
import type { Inputs } from '../inputs.ts'
import type { Parts } from '../step/parts.ts'

/**
 * `adapter.safetensors` of a run: what strategy `lora` has learnt but for the head, a few hundredths of the model's
 * size. The exported model has it merged in: W + scale / rank * A B for each weight W of the base.
 */
export const writeAdapters = (path: string, { model }: Inputs, { network, adapters }: Parts): void => {
  const [first] = adapters
  if (!first) return
  const tensors = new Map<string, SafeTensor>()
  for (const name of adapters.flatMap(({ a, b }) => [a, b])) {
    const tensor = network.weights.get(name)
    if (tensor?.type !== 'float32') throw new Error(`no float weight ${name}`)
    const { buffer, byteOffset, byteLength } = tensor.data
    tensors.set(name, {
      dtype: 'F32',
      dims: tensor.dims,
      data: new Uint8Array(buffer, byteOffset, byteLength),
    })
  }
  writeSafetensors(join(path, 'adapter.safetensors'), tensors, {
    base: model.folder.id,
    scale: String(ADAPTER_SCALE),
  })
}
