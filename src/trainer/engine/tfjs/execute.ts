import { toNumbers } from '../../onnx/elements.ts'
import type { Node, TensorValue } from '../../onnx/model.ts'
import type { TensorFlow, TfTensor } from './operator.ts'
import { operatorOf } from './operators.ts'

/**
 * Computes nodes in their order.
 *
 * @param values inputs and constants, by name; what the nodes give is added
 * @param constants what is known on the host: read without asking the device
 * @param done is told when a node is done, by its place
 */
export const execute = (
  tf: TensorFlow,
  nodes: readonly Node[],
  values: Map<string, TfTensor>,
  constants: ReadonlyMap<string, TensorValue>,
  done: (at: number) => void = () => {},
): void => {
  for (const [at, node] of nodes.entries()) {
    const optional = (index: number): TfTensor | null => {
      const name = node.inputs[index] ?? ''
      return name === '' ? null : computedValue(values, name)
    }
    const input = (index: number): TfTensor => {
      const tensor = optional(index)
      if (!tensor) throw new Error(`${node.op} ${node.name} has no input ${index}`)
      return tensor
    }
    const numbers = (index: number): readonly number[] | null => {
      const constant = constants.get(node.inputs[index] ?? '')
      if (constant) return toNumbers(constant)
      const tensor = optional(index)
      return tensor && Array.from(tensor.dataSync())
    }
    // What an operator makes on its way is given back at once.
    const results = tf.tidy(() => {
      const result = operatorOf(node)({ tf, node, input, optional, numbers })
      return ('dtype' in result ? [result] : result).filter((_, i) => (node.outputs[i] ?? '') !== '')
    })
    for (const [i, name] of node.outputs.filter((output) => output !== '').entries()) {
      const tensor = results[i]
      if (!tensor) throw new Error(`${node.op} ${node.name} gave no ${name}`)
      values.set(name, tensor)
    }
    done(at)
  }
}

export const computedValue = (values: ReadonlyMap<string, TfTensor>, name: string): TfTensor => {
  const tensor = values.get(name)
  if (!tensor) throw new Error(`no value ${name}`)
  return tensor
}
