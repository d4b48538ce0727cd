import { t } from '../../shared/l10n.ts'
import type { Finding } from '../../shared/trust.ts'
import type { RunFacts } from './facts.ts'
import { type Html, html } from './html.ts'
import { figure } from './words.ts'

/** What to do next: what was found, by which figures, and what to change. */
export const findings = ({ evaluation }: RunFacts): Html | null => {
  const found = evaluation.findings ?? []
  if (found.length === 0) return null
  return html`<section><h2>${t`What to do next`}</h2>
<ul class="findings">${found.map(
    ({ rule, figures, change }) => html`<li><strong>${ruleName(rule)}</strong> ${named(figures)}
${Object.keys(change).length > 0 ? html`<p>${t`In the next run, set:`} <code>${changeText(change)}</code></p>` : null}</li>
`,
  )}</ul></section>`
}

/** As `epochs = 5, lr = 0.0002`. */
export const changeText = (values: Finding['change']): string =>
  Object.entries(values)
    .map(([name, value]) => `${name} = ${typeof value === 'number' ? figure(value) : value}`)
    .join(', ')

const named = (figures: Finding['figures']): Html | null =>
  Object.keys(figures).length === 0 ? null : html`<span class="faint">(${changeText(figures)})</span>`

/** What a rule found, in a sentence. */
export const ruleName = (rule: Finding['rule']): string => {
  switch (rule) {
    case 'over-fitting':
      return t`It learns the training rows by heart: the validation loss rises while the training loss falls.`
    case 'under-fitting':
      return t`It has not learnt the training rows yet.`
    case 'rate-too-high':
      return t`The learning rate is too high: the loss jumps or grows.`
    case 'dead-head':
      return t`The head does not learn: it hardly does better than the commonest label.`
    case 'imbalance':
      return t`Labels have very different numbers of rows, and the rare ones do badly.`
    case 'too-little-data':
      return t`There are few rows: more labelled rows would help most.`
    case 'label-noise':
      return t`Some of the given labels seem to be wrong: look through them.`
  }
}
