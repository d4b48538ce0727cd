import type { Model } from '../../onnx/model.ts'
import type { FloatTensor, StringTensor, Tensor } from '../tensor.ts'
import { fromConstant, fromHost, toHost } from './convert.ts'
import { computedValue, execute } from './execute.ts'
import type { TensorFlow, TfTensor } from './operator.ts'
import { operatorOf } from './operators.ts'

/**
 * A graph ready to execute, with runtime.ts's interface, node after node. Shapes need not be known: what is
 * computed of them is read back where an operator asks for it.
 *
 * @throws UserError where an operator is not in the table
 */
export const openTfjsSession = (tf: TensorFlow, { graph }: Model) => {
  for (const node of graph.nodes) operatorOf(node)
  const constants = new Map([...graph.initializers].map(([name, value]) => [name, fromConstant(tf, value)]))
  const types = new Map(graph.outputs.map(({ name, type }) => [name, type]))
  const lastUse = new Map(graph.nodes.flatMap(({ inputs }, at) => inputs.map((name) => [name, at])))
  /** The values that no node needs any more when one is done. */
  const spent = (at: number, kept: ReadonlySet<string>): readonly string[] => {
    const { inputs = [], outputs = [] } = graph.nodes[at] ?? {}
    return [...new Set([...inputs, ...outputs])].filter(
      (name) => (lastUse.get(name) ?? at) === at && !kept.has(name) && !constants.has(name),
    )
  }
  const compute = (feeds: Readonly<Record<string, Tensor | StringTensor>>, wanted: readonly string[]) => {
    const kept = new Set(wanted)
    const values = new Map<string, TfTensor>(constants)
    for (const { name } of graph.inputs) {
      const tensor = feeds[name]
      if (!tensor) throw new Error(`the graph's input ${name} was not fed`)
      values.set(name, fromHost(tf, tensor))
    }
    execute(tf, graph.nodes, values, graph.initializers, (at) => {
      for (const name of spent(at, kept)) {
        values.get(name)?.dispose()
        values.delete(name)
      }
    })
    // What is fed or constant may be asked for as well, and stays its owner's.
    return wanted.map((name) => tf.clone(computedValue(values, name)))
  }
  return {
    run: async (
      feeds: Readonly<Record<string, Tensor | StringTensor>>,
      outputs: readonly string[],
      into: Readonly<Record<string, FloatTensor>> = {},
    ): Promise<Readonly<Record<string, Tensor>>> => {
      const results = tf.tidy(() => compute(feeds, outputs))
      const tensors: Record<string, Tensor> = {}
      for (const [i, name] of outputs.entries()) {
        const result = results[i]
        if (!result) throw new Error(`the graph gave no output ${name}`)
        const given = await toHost(result, types.get(name) ?? null)
        const place = into[name]
        if (place && given.type === 'float32') place.data.set(given.data)
        tensors[name] = place ?? given
      }
      tf.dispose(results)
      return tensors
    },
    release: async (): Promise<void> => tf.dispose([...constants.values()]),
  }
}
