import { attributes } from '../onnx/attributes.ts'
import type { Node } from '../onnx/model.ts'
import { HEAD_PREFIX } from '../structure/trunk.ts'

/** The name of a value, node or constant of the head. */
export const name = (part: string): string => `${HEAD_PREFIX}.${part}`

/** Makes nodes of the head that are called as their value is; returns the value's name. */
export interface Build {
  (part: string, op: string, inputs: readonly string[], values?: Parameters<typeof attributes>[0]): string
  readonly made: Node[]
}

export const nodes = (): Build => {
  const made: Node[] = []
  const build = (
    part: string,
    op: string,
    inputs: readonly string[],
    values: Parameters<typeof attributes>[0] = {},
  ): string => {
    made.push({
      name: name(part),
      op,
      domain: '',
      inputs,
      outputs: [name(part)],
      attributes: attributes(values),
    })
    return name(part)
  }
  return Object.assign(build, { made })
}
