import type { Attribute } from '../../onnx/model.ts'
import { type Gradient, type Rules, rule } from '../rule.ts'

/** @param sine where the sines stand among the inputs */
const turned =
  (sine: number): Gradient =>
  ({ b, g, node, input }) => [
    () => {
      const inputs = node.inputs.map((name, i) => (i === 0 ? g : i === sine ? b.neg(input(sine)) : name))
      const attributes: Record<string, Attribute> = Object.fromEntries(node.attributes)
      return b.one(node.op, inputs, b.value(g), attributes, node.domain)
    },
    null,
    null,
    null,
  ]

const BACK = 'g turned back: the operator itself with the sines negated (Su et al., 2021)'

export const rotary: Rules = {
  RotaryEmbedding: rule('x [cos] [sin] [positions]', BACK, turned(2)),
  'com.microsoft.RotaryEmbedding': rule('x [positions] [cos] [sin]', BACK, turned(3)),
}
