import type { Node } from './model.ts'

/** A node for a message: by its name, else by what it makes; exporters often leave the name out. */
export function describeNode(node: Pick<Node, 'name' | 'op' | 'domain' | 'outputs'>): string {
  const op = node.domain === '' ? node.op : `${node.domain}.${node.op}`
  return node.name === ''
    ? `the node that makes ${node.outputs[0] ?? 'nothing'} (${op})`
    : `node ${node.name} (${op})`
}
