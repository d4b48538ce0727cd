import { t } from '../../shared/l10n.ts'
import { lineChart } from './chart.ts'
import type { RunFacts } from './facts.ts'
import { type Html, html } from './html.ts'
import { number, table, text } from './table.ts'
import { figure, score } from './words.ts'

/** Points of a curve: of more steps each point is the mean of several. */
const POINTS = 200
const SHOWN_EPOCHS = 60

type Point = readonly [x: number, y: number]

/** How loss and validation went, as drawings and as numbers. */
export const curves = ({ events, record }: RunFacts): Html | null => {
  const steps = events.flatMap((event): Point[] => (event.event === 'step' ? [[event.step, event.loss]] : []))
  const epochs = events.flatMap((event) => (event.event === 'epoch' ? [event] : []))
  if (epochs.length === 0 || steps.length < 2) return null
  const deviation = record.data.target?.deviation ?? 1
  const of = (value: (valid: (typeof epochs)[number]['valid']) => number | null): readonly Point[] =>
    epochs.flatMap(({ step, valid }): Point[] => {
      const y = value(valid)
      return y === null ? [] : [[step, y]]
    })
  const isNumbers = record.data.target !== null
  const best = epochs.findLast((epoch) => epoch.best)?.epoch
  return html`<section><h2>${t`Curves`}</h2>
${lineChart(
  t`Loss by step`,
  t`The loss on the training rows at each step, and on the validation rows after each epoch; the table below has the numbers.`,
  t`step`,
  [
    { name: t`training rows`, style: 'a', points: means(steps) },
    {
      name: t`validation rows`,
      style: 'b',
      points: of((valid) => ('log_loss' in valid ? valid.log_loss : valid.mse / deviation ** 2)),
    },
  ],
)}
${lineChart(
  t`Validation by step`,
  t`The scores on the validation rows after each epoch; the table below has the numbers.`,
  t`step`,
  [
    {
      name: isNumbers ? 'R²' : t`accuracy`,
      style: 'a',
      points: of((valid) => ('accuracy' in valid ? valid.accuracy : valid.r2)),
    },
    {
      name: isNumbers ? 'Spearman' : 'F1',
      style: 'b',
      points: of((valid) => ('accuracy' in valid ? valid.f1_macro : valid.spearman)),
    },
  ],
)}
${table(
  epochs.length > SHOWN_EPOCHS ? t`The last ${SHOWN_EPOCHS} epochs` : t`Epochs`,
  [
    number(t`Epoch`),
    number(t`Training loss`),
    ...(isNumbers ? ['RMSE', 'MAE', 'R²'] : [t`Validation loss`, t`Accuracy`, t`F1 macro`]).map((name) =>
      number(name),
    ),
    text(''),
  ],
  epochs
    .slice(-SHOWN_EPOCHS)
    .map(({ epoch, train_loss, valid }) => [
      number(String(epoch)),
      number(score(train_loss)),
      ...('accuracy' in valid
        ? [score(valid.log_loss), score(valid.accuracy), score(valid.f1_macro)]
        : [figure(valid.rmse), figure(valid.mae), score(valid.r2)]
      ).map((value) => number(value)),
      text(epoch === best ? t`best` : ''),
    ]),
)}</section>`
}

/** Neighbouring points as one, at most `POINTS` of them. */
const means = (points: readonly Point[]): readonly Point[] => {
  const size = Math.ceil(points.length / POINTS)
  return Array.from({ length: Math.ceil(points.length / size) }, (_, i): Point => {
    const some = points.slice(i * size, (i + 1) * size)
    const mean = (of: (point: Point) => number): number =>
      some.reduce((sum, point) => sum + of(point), 0) / some.length
    return [mean(([x]) => x), mean(([, y]) => y)]
  })
}
