import { t } from '../../../shared/l10n.ts'
import { intsAttribute, stringAttribute } from '../../onnx/attributes.ts'
import { elementCount } from '../../onnx/elements.ts'
import type { Attribute } from '../../onnx/model.ts'
import { type Gradient, type RuleContext, type Rules, rule, unsupported } from '../rule.ts'

/**
 * Resizing is linear, and one axis after the other: along an axis it is a product with a matrix, and the gradient
 * one with its transpose. The matrix is the operator's own answer to the identity, whatever its mode.
 */
const resize: Gradient = (context) => [
  () => {
    const { g, node, dims } = context
    if (stringAttribute(node, 'coordinate_transformation_mode', '') === 'tf_crop_and_resize')
      throw unsupported(node, t`it crops`)
    if (stringAttribute(node, 'keep_aspect_ratio_policy', 'stretch') !== 'stretch')
      throw unsupported(node, t`it keeps the aspect ratio`)
    const listed = intsAttribute(node, 'axes') ?? dims(0).map((_, i) => i)
    return listed.reduce((value, axis, i) => {
      const at = (axis + dims(0).length) % dims(0).length
      return alongAxis(context, value, at, i)
    }, g)
  },
  null,
  null,
  null,
]

/** @param listed where the axis stands among those that the scales or sizes are for */
const alongAxis = (
  { b, node, dims, constant }: RuleContext,
  g: string,
  axis: number,
  listed: number,
): string => {
  const from = dims(0)[axis] ?? 1
  const to = b.dims(g)[axis] ?? 1
  const scale = node.inputs[2] ? constant(2)?.[listed] : undefined
  if (scale === 1 || (scale === undefined && from === to)) return g
  const given =
    scale === undefined ? ['', '', b.ints([1, 1, from, to])] : ['', b.floats([4], [1, 1, 1, scale]), '']
  const identity = Array.from({ length: from * from }, (_, i) => Number(i % (from + 1) === 0))
  const attributes = new Map<string, Attribute>(node.attributes)
  attributes.delete('axes')
  const matrix = b.one(
    'Resize',
    [b.floats([1, 1, from, from], identity), ...given].slice(0, scale === undefined ? 4 : 3),
    { type: b.value(g).type, dims: [1, 1, from, to] },
    Object.fromEntries(attributes),
  )
  const before = b.dims(g).slice(0, axis)
  const after = b.dims(g).slice(axis + 1)
  const planes = b.reshape(g, [elementCount(before), to, elementCount(after)])
  return b.reshape(b.matmul(b.reshape(matrix, [from, to]), planes), [...before, from, ...after])
}

export const resizing: Rules = {
  Resize: rule(
    'x [roi] [scales] [sizes]',
    "R' g along each axis, R what the operator makes of the identity",
    resize,
    'that crops (tf_crop_and_resize) or keeps the aspect ratio',
  ),
}
