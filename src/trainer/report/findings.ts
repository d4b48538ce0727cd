import { changeText, findingName, findingSentence } from '../../shared/findings/finding-words.ts'
import { t } from '../../shared/l10n.ts'
import type { Finding } from '../../shared/trust.ts'
import type { RunFacts } from './facts.ts'
import { type Html, html } from './html.ts'

/** What to do next: what was found, and what to change. */
export const findings = ({ evaluation }: RunFacts): Html | null => {
  const found = evaluation.findings ?? []
  if (found.length === 0) return null
  return html`<section><h2>${t`What to do next`}</h2>
<ul class="findings">${found.map(
    (finding) => html`<li><strong>${findingName(finding.rule)}</strong> ${findingSentence(finding)}
${changes(finding)}</li>
`,
  )}</ul></section>`
}

const changes = (finding: Finding): Html | null => {
  const text = changeText(finding)
  return text === null ? null : html`<p>${t`In the next run, set:`} <code>${text}</code></p>`
}
