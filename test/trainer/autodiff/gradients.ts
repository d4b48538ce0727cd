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

type Gradients = Readonly<Record<string, readonly number[]>>

/** Computes gradients of the sum of a model's first output, by some of its inputs, as often as it is called. */
export const openGradients = async (
  { graph, opsets }: Model,
  feeds: Readonly<Record<string, Tensor>>,
  wanted: readonly string[],
  runtime = oneThread,
): Promise<{ readonly run: () => Promise<Gradients>; readonly release: () => Promise<void> }> => {
  const forward = await specialise(runtime, { opsets, graph, weights: new Map() }, feeds)
  const b = new GraphBuilder(forward)
  const loss = graph.outputs[0]?.name ?? ''
  const { dense } = backward(b, forward.nodes, new Map([[loss, ones(b, loss)]]), new Set(wanted))
  const outputs = [...new Set(dense.values())]
  const session = await openSession(runtime, toModel(b.graph(outputs), opsets))
  return {
    run: async () => {
      const results = await session.run(feeds, outputs)
      return Object.fromEntries(
        [...dense].map(([name, value]) => [name, Array.from(floatOutput(results, value))]),
      )
    },
    release: () => session.release(),
  }
}

/** The same, once. */
export const gradientsOf = async (
  model: Model,
  feeds: Readonly<Record<string, Tensor>>,
  wanted: readonly string[],
): Promise<Gradients> => {
  const gradients = await openGradients(model, feeds, wanted)
  try {
    return await gradients.run()
  } finally {
    await gradients.release()
  }
}

const ones = (b: GraphBuilder, like: string): string => b.expand(b.scalar(1), b.dims(like))
