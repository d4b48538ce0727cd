import type { Attribute, Node } from './model.ts'

export const intAttribute = (node: Node, name: string, otherwise: number): number => {
  const attribute = node.attributes.get(name)
  return attribute?.kind === 'int' ? attribute.value : otherwise
}

export const intsAttribute = (node: Node, name: string): readonly number[] | null => {
  const attribute = node.attributes.get(name)
  return attribute?.kind === 'ints' ? attribute.value : null
}

export const floatAttribute = (node: Node, name: string, otherwise: number): number => {
  const attribute = node.attributes.get(name)
  return attribute?.kind === 'float' ? attribute.value : otherwise
}

export const stringAttribute = (node: Node, name: string, otherwise: string): string => {
  const attribute = node.attributes.get(name)
  return attribute?.kind === 'string' ? attribute.value : otherwise
}

/** The kinds of attribute that graphs made here use, from plain values: whole numbers, lists of them, text, floats by `float`. */
export const attributes = (
  values: Readonly<Record<string, number | string | readonly number[] | Attribute>>,
): ReadonlyMap<string, Attribute> => {
  const map = new Map<string, Attribute>()
  for (const [name, value] of Object.entries(values)) {
    if (typeof value === 'number') map.set(name, { kind: 'int', value })
    else if (typeof value === 'string') map.set(name, { kind: 'string', value })
    else if (isList(value)) map.set(name, { kind: 'ints', value })
    else map.set(name, value)
  }
  return map
}

export const float = (value: number): Attribute => ({ kind: 'float', value })

const isList = (value: readonly number[] | Attribute): value is readonly number[] => Array.isArray(value)
