import { backward } from '../../../src/trainer/autodiff/backward.ts'
import { GraphBuilder } from '../../../src/trainer/autodiff/builder.ts'
import { floatOutput, openSession, type Runtime } from '../../../src/trainer/engine/runtime.ts'
import { specialise, toModel } from '../../../src/trainer/engine/specialise.ts'
import type { Tensor } from '../../../src/trainer/engine/tensor.ts'
import type { Model } from '../../../src/trainer/onnx/model.ts'

export const oneThread: Runtime = { device: 'cpu', threads: 1 }

export const float32 = (dims: readonly number[], values: readonly number[]): Tensor => ({
  type: 'float32',
  dims,
  data: Float32Array.from(values),
})

/** Gradients of the sum of a model's first output, by some of its inputs. */
export const gradientsOf = async (
  { graph, opsets }: Model,
  feeds: Readonly<Record<string, Tensor>>,
  wanted: readonly string[],
): Promise<Readonly<Record<string, readonly number[]>>> => {
  const forward = await specialise(oneThread, { opsets, graph, weights: new Map() }, feeds)
  const b = new GraphBuilder(forward)
  const loss = graph.outputs[0]?.name ?? ''
  const { dense } = backward(b, forward.nodes, new Map([[loss, ones(b, loss)]]), new Set(wanted))
  const outputs = [...new Set(dense.values())]
  const session = await openSession(oneThread, toModel(b.graph(outputs), opsets))
  const results = await session.run(feeds, outputs)
  await session.release()
  return Object.fromEntries(
    [...dense].map(([name, value]) => [name, Array.from(floatOutput(results, value))]),
  )
}

const ones = (b: GraphBuilder, like: string): string => b.expand(b.scalar(1), b.dims(like))
