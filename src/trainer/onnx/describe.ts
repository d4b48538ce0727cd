import { t } from '../../shared/l10n.ts'
import type { Node } from './model.ts'

/** A node for a message: by its name, else by what it makes; exporters often leave the name out. */
export function describeNode(node: Pick<Node, 'name' | 'op' | 'domain' | 'outputs'>): string {
  const op = node.domain === '' ? node.op : `${node.domain}.${node.op}`
  return node.name === ''
    ? t`the node that makes ${node.outputs[0] ?? 'nothing'} (${op})`
    : t`node ${node.name} (${op})`
}
