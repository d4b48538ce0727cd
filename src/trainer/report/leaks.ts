import { t } from '../../shared/l10n.ts'
import type { Leaks } from '../../shared/trust.ts'
import type { LabelFacts } from './facts.ts'
import { type Html, html } from './html.ts'
import { percent } from './words.ts'

/** Test rows that the model may know, and what it does without them. */
export const leaks = ({ evaluation: { leaks: found, test } }: LabelFacts): Html | null => {
  if (found === undefined) return null
  return html`<section><h2>${t`Leaked rows`}</h2>
<p>${leakSentences(found, test.accuracy).join(' ')}</p></section>`
}

/** @param accuracy on all test rows */
export const leakSentences = (
  { exact, near, accuracy_without: without }: Leaks,
  accuracy: number,
): readonly string[] =>
  exact + near === 0
    ? [t`No test row is equal or nearly equal to a row that was trained or chosen by.`]
    : [
        t`Of the test rows ${exact} are equal to a row that was trained or chosen by, and ${near} nearly equal.`,
        without === null
          ? t`Without them none is left.`
          : t`Without them ${percent(without)} are labelled rightly, with them ${percent(accuracy)}.`,
      ]
