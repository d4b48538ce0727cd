import { t } from '../../shared/l10n.ts'
import { leaksSentence } from '../../shared/leaks.ts'
import type { LabelFacts } from './facts.ts'
import { type Html, html } from './html.ts'

/** Test rows that the model may know, and what it does without them. */
export const leaks = ({ evaluation: { leaks: found, test } }: LabelFacts): Html | null => {
  if (found === undefined) return null
  const none = t`No test row is equal or nearly equal to a row that was trained or chosen by.`
  return html`<section><h2>${t`Leaked rows`}</h2>
<p>${leaksSentence(found, test.accuracy, test.rows) ?? none}</p></section>`
}
