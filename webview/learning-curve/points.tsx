import { t } from '../../src/shared/l10n.ts'
import type { LearningCurve } from '../../src/shared/learning-curve.ts'
import { count, percent, score } from '../parts/numbers.ts'

/** The curve in numbers. */
export const Points = ({ curve: { points } }: { readonly curve: LearningCurve }) => (
  <div class="scroll">
    <table>
      <caption class="unseen">{t`Accuracy on the validation rows by share of the training rows`}</caption>
      <thead>
        <tr>
          {[t`Share`, t`Training rows`, t`Accuracy`, t`Least`, t`Most`, t`F1 macro`, t`Log loss`].map(
            (head) => (
              <th key={head} scope="col">
                {head}
              </th>
            ),
          )}
        </tr>
      </thead>
      <tbody>
        {points.map(({ share, rows, accuracy, accuracy_range: [least, most], f1_macro, log_loss }) => (
          <tr key={share}>
            <th scope="row">{percent(share, 0)}</th>
            <td>{count(rows)}</td>
            {[accuracy, least, most, f1_macro, log_loss].map((value, i) => (
              <td key={i}>{score(value)}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  </div>
)
