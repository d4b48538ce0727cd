import { useState } from 'preact/hooks'
import type { Evaluation } from '../../src/shared/evaluation.ts'
import { t } from '../../src/shared/l10n.ts'
import { Breakable } from '../parts/breakable.tsx'
import { count, score } from '../parts/numbers.ts'
import { type ClassColumn, nextOrder, type Order, sortClasses } from './sort-classes.ts'

/** Precision, recall and F1 of each label; a head sorts by its column. */
export const Classes = ({ test }: { readonly test: Evaluation }) => {
  const [order, setOrder] = useState<Order | null>(null)
  const columns: readonly (readonly [ClassColumn, string])[] = [
    ['label', t`Label`],
    ['precision', t`Precision`],
    ['recall', t`Recall`],
    ['f1', 'F1'],
    ['support', t`Rows`],
  ]
  return (
    <div class="scroll tall">
      <table class="numbers wide sticky">
        <thead>
          <tr>
            {columns.map(([column, name]) => (
              <th
                key={column}
                scope="col"
                aria-sort={order?.column !== column ? 'none' : order.descending ? 'descending' : 'ascending'}
              >
                <button type="button" class="sort" onClick={() => setOrder(nextOrder(order, column))}>
                  {column === 'label' && name}
                  <span class="sort-mark" aria-hidden="true">
                    {order?.column !== column ? '' : order.descending ? '↓' : '↑'}
                  </span>
                  {column !== 'label' && name}
                </button>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {sortClasses(test.classes, order).map(({ label, precision, recall, f1, support }) => (
            <tr key={label}>
              <th scope="row" title={label}>
                <Breakable text={label} />
              </th>
              <td>{score(precision)}</td>
              <td>{score(recall)}</td>
              <td>{score(f1)}</td>
              <td>{count(support)}</td>
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row">{t`Mean of the labels`}</th>
            <td>{score(test.precision_macro)}</td>
            <td>{score(test.recall_macro)}</td>
            <td>{score(test.f1_macro)}</td>
            <td>{count(test.rows)}</td>
          </tr>
          <tr>
            <th scope="row">{t`Weighted by rows`}</th>
            <td>{score(test.precision_weighted)}</td>
            <td>{score(test.recall_weighted)}</td>
            <td>{score(test.f1_weighted)}</td>
            <td />
          </tr>
        </tfoot>
      </table>
    </div>
  )
}
