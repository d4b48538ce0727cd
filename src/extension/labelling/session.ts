import type { Decision, LabellingItem, LabellingSession } from '../../shared/labelling.ts'

/** With an item decided; one that is decided already stays as it is. */
export function decided(session: LabellingSession, item: number, decision: Decision): LabellingSession {
  if (session.items[item]?.decision.is !== 'open') return session
  return {
    ...session,
    items: withDecision(session.items, item, decision),
    order: [...session.order, item],
    labels: decision.is === 'labelled' ? withLabel(session.labels, decision.label) : session.labels,
  }
}

/** Without the last decision. A label that was new stays in the list: it is wanted, if elsewhere. */
export function undone(session: LabellingSession): LabellingSession {
  const last = session.order.at(-1)
  if (last === undefined) return session
  return {
    ...session,
    items: withDecision(session.items, last, { is: 'open' }),
    order: session.order.slice(0, -1),
  }
}

const withDecision = (items: readonly LabellingItem[], at: number, decision: Decision): LabellingItem[] =>
  items.map((item, i) => (i === at ? { ...item, decision } : item))

const withLabel = (labels: readonly string[], label: string): string[] =>
  labels.includes(label) ? [...labels] : [...labels, label]
