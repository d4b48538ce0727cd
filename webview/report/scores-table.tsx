import type { TaskScores } from '../../src/shared/evaluation.ts'
import { t } from '../../src/shared/l10n.ts'
import type { Interval } from '../../src/shared/trust.ts'
import { alike, score } from '../parts/numbers.ts'

export interface Model {
  readonly name: string
  readonly scores: TaskScores
  /** Of the run, not of what it is compared with. */
  readonly isAfter: boolean
}

interface Column {
  /** As in the scores. */
  readonly key: string
  readonly name: string
  readonly value: (scores: TaskScores) => number | null
  readonly text: (value: number | null) => string
  /** 1: more is better. */
  readonly better: 1 | -1
}

/**
 * The run's model below the simpler ones; the best of each column stands out.
 *
 * @param intervals of the run's scores, where they are known
 */
export const ScoresTable = ({
  models,
  intervals,
}: {
  readonly models: readonly Model[]
  readonly intervals: Readonly<Record<string, Interval>>
}) => {
  const columns = models.some(({ scores }) => 'mse' in scores) ? numberColumns(models) : labelColumns()
  const best = columns.map(({ value, better, text }) => {
    const values = models.flatMap(({ scores }) => value(scores) ?? [])
    return values.length === 0 ? null : text(better * Math.max(...values.map((one) => better * one)))
  })
  return (
    <div>
      <div class="scroll">
        <table class="numbers wide">
          <caption class="only-heard">{t`Scores on the test rows; the best of a column is bold`}</caption>
          <thead>
            <tr>
              <td />
              {columns.map(({ name }) => (
                <th key={name} scope="col">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {models.map(({ name, scores, isAfter }) => (
              <tr key={name}>
                <th scope="row">
                  {name} <span class="faint">{isAfter ? t`after` : t`before`}</span>
                </th>
                {columns.map((column, i) => {
                  const text = column.text(column.value(scores))
                  const interval = isAfter ? intervals[column.key] : undefined
                  return (
                    <td key={column.name}>
                      {text === best[i] ? <strong>{text}</strong> : text}
                      {interval && (
                        <span class="interval">
                          {t`${column.text(interval[0])} to ${column.text(interval[1])}`}
                        </span>
                      )}
                    </td>
                  )
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {Object.keys(intervals).length > 0 && (
        <p class="faint hint">
          {t`Below the scores: the 95 % interval in which they may be on other rows of the same kind.`}
        </p>
      )}
    </div>
  )
}

const labelColumns = (): readonly Column[] => {
  const of = (name: 'accuracy' | 'f1_macro' | 'f1_weighted' | 'auc' | 'log_loss') => (scores: TaskScores) =>
    'accuracy' in scores ? scores[name] : null
  return [
    { key: 'accuracy', name: t`Accuracy`, value: of('accuracy'), text: score, better: 1 },
    { key: 'f1_macro', name: t`F1 macro`, value: of('f1_macro'), text: score, better: 1 },
    { key: 'f1_weighted', name: t`F1 weighted`, value: of('f1_weighted'), text: score, better: 1 },
    { key: 'auc', name: 'AUC', value: of('auc'), text: score, better: 1 },
    { key: 'log_loss', name: t`Log loss`, value: of('log_loss'), text: score, better: -1 },
  ]
}

const numberColumns = (models: readonly Model[]): readonly Column[] => {
  const of = (name: 'rmse' | 'mae' | 'r2' | 'spearman' | 'mse') => (scores: TaskScores) =>
    'mse' in scores ? scores[name] : null
  const column = (name: 'rmse' | 'mae' | 'mse') => alike(models.map(({ scores }) => of(name)(scores)))
  return [
    { key: 'rmse', name: 'RMSE', value: of('rmse'), text: column('rmse'), better: -1 },
    { key: 'mae', name: 'MAE', value: of('mae'), text: column('mae'), better: -1 },
    { key: 'r2', name: 'R²', value: of('r2'), text: score, better: 1 },
    { key: 'spearman', name: 'Spearman', value: of('spearman'), text: score, better: 1 },
    { key: 'mse', name: 'MSE', value: of('mse'), text: column('mse'), better: -1 },
  ]
}
