import type { Node } from '../../onnx/model.ts'

/** Operators that hand the token ids on in another form. */
const FORMS = new Set(['Cast', 'Reshape', 'Unsqueeze', 'Squeeze', 'Identity', 'Slice'])

/**
 * Whether a node looks rows up in a table [tokens, width] by the token ids themselves: tables of positions,
 * segments and rotary angles are small, and read by other numbers.
 *
 * @param makers the node that makes each value
 */
export const isTokenTable = (
  node: Node,
  dims: readonly number[],
  makers: ReadonlyMap<string, Node>,
): boolean => {
  const axis = node.attributes.get('axis')
  if (node.op !== 'Gather' || node.domain !== '' || dims.length !== 2) return false
  if (axis?.kind === 'int' && axis.value !== 0) return false
  let name = node.inputs[1] ?? ''
  for (;;) {
    if (name === 'input_ids') return true
    const maker = makers.get(name)
    if (!maker || !FORMS.has(maker.op)) return false
    name = maker.inputs[0] ?? ''
  }
}
