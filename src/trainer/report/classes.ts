import { grouped, t } from '../../shared/l10n.ts'
import type { LabelFacts } from './facts.ts'
import { type Html, html } from './html.ts'
import { number, table, text } from './table.ts'
import { labelText, score } from './words.ts'

const MOST = 300

/** Each label's own scores, the weakest first. */
export const classes = ({ evaluation: { test } }: LabelFacts): Html => {
  const sorted = test.classes.toSorted((a, b) => a.f1 - b.f1 || b.support - a.support)
  return html`<section><h2>${t`By label`}</h2>
${table(
  sorted.length > MOST ? t`The ${MOST} weakest labels of ${sorted.length}` : t`Labels, the weakest first`,
  [text(t`Label`), number(t`Precision`), number(t`Recall`), number('F1'), number(t`Test rows`)],
  sorted
    .slice(0, MOST)
    .map(({ label, precision, recall, f1, support }) => [
      text(labelText(label)),
      number(score(precision)),
      number(score(recall)),
      number(score(f1)),
      number(grouped(support)),
    ]),
)}</section>`
}
