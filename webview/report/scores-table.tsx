import type { TaskScores } from '../../src/shared/evaluation.ts'
import { t } from '../../src/shared/l10n.ts'
import { alike, score } from '../parts/numbers.ts'

export interface Model {
  readonly name: string
  readonly scores: TaskScores
  /** Of the run, not of what it is compared with. */
  readonly isAfter: boolean
}

interface Column {
  readonly name: string
  readonly value: (scores: TaskScores) => number | null
  readonly text: (value: number | null) => string
  /** 1: more is better. */
  readonly better: 1 | -1
}

/** The run's model below the simpler ones; the best of each column stands out. */
export const ScoresTable = ({ models }: { readonly models: readonly Model[] }) => {
  const columns = models.some(({ scores }) => 'mse' in scores) ? numberColumns(models) : labelColumns()
  const best = columns.map(({ value, better, text }) => {
    const values = models.flatMap(({ scores }) => value(scores) ?? [])
    return values.length === 0 ? null : text(better * Math.max(...values.map((one) => better * one)))
  })
  return (
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
                return <td key={column.name}>{text === best[i] ? <strong>{text}</strong> : text}</td>
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

const labelColumns = (): readonly Column[] => {
  const of = (name: 'accuracy' | 'f1_macro' | 'f1_weighted' | 'auc' | 'log_loss') => (scores: TaskScores) =>
    'accuracy' in scores ? scores[name] : null
  return [
    { name: t`Accuracy`, value: of('accuracy'), text: score, better: 1 },
    { name: t`F1 macro`, value: of('f1_macro'), text: score, better: 1 },
    { name: t`F1 weighted`, value: of('f1_weighted'), text: score, better: 1 },
    { name: 'AUC', value: of('auc'), text: score, better: 1 },
    { name: t`Log loss`, value: of('log_loss'), text: score, better: -1 },
  ]
}

const numberColumns = (models: readonly Model[]): readonly Column[] => {
  const of = (name: 'rmse' | 'mae' | 'r2' | 'spearman' | 'mse') => (scores: TaskScores) =>
    'mse' in scores ? scores[name] : null
  const column = (name: 'rmse' | 'mae' | 'mse') => alike(models.map(({ scores }) => of(name)(scores)))
  return [
    { name: 'RMSE', value: of('rmse'), text: column('rmse'), better: -1 },
    { name: 'MAE', value: of('mae'), text: column('mae'), better: -1 },
    { name: 'R²', value: of('r2'), text: score, better: 1 },
    { name: 'Spearman', value: of('spearman'), text: score, better: 1 },
    { name: 'MSE', value: of('mse'), text: column('mse'), better: -1 },
  ]
}
