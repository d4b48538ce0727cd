import { t } from '../../src/shared/l10n.ts'
import { numberComparisonSentence } from '../../src/shared/number-comparison.ts'
import type { NumberReport } from '../../src/shared/page-run.ts'
import { alike, figure } from '../parts/numbers.ts'
import { RowLink } from './rows.tsx'
import { Scatter } from './scatter.tsx'
import { ScoresTable } from './scores-table.tsx'

/** How near the predicted numbers are. */
export const NumberParts = ({
  report: { test, before, intervals, mistakes, points },
  open,
}: {
  readonly report: NumberReport
  readonly open: (row: number, file: number | null) => void
}) => {
  const off = alike(mistakes.map(({ target, value }) => Math.abs(value - target)))
  const written = alike(mistakes.flatMap(({ target, value }) => [target, value]))
  return (
    <>
      <p class="said">{numberComparisonSentence(before, test, test.rows)}</p>
      <ScoresTable
        models={[
          { name: t`Mean of the rows`, scores: before.mean, isAfter: false },
          { name: t`N-gram model`, scores: before.ngram, isAfter: false },
          { name: t`Linear probe`, scores: before.probe, isAfter: false },
          { name: t`Fine-tuned`, scores: test, isAfter: true },
        ]}
        intervals={intervals}
      />
      <p class="said">
        {t`Half of the rows are off by at most ${figure(test.median_error)}, nine of ten by at most ${figure(test.p90_error)}, all by at most ${figure(test.max_error)}.`}
      </p>
      <div class="report-columns beside">
        <section>
          <h4>{t`Predicted against true`}</h4>
          <Scatter points={points} />
        </section>
        <section>
          <h4>{t`Furthest off`}</h4>
          <ul class="row-list with-labels">
            {mistakes.map(({ row, file, text, target, value }) => (
              <li key={`${file} ${row}`}>
                <RowLink row={row} file={file} open={open} />
                <span class="row-probability" title={t`How far off`}>
                  {off(Math.abs(value - target))}
                </span>
                <span class="row-labels">
                  {written(value)} <span class="faint">{t`instead of`}</span> {written(target)}
                </span>
                <span class="row-text">{text}</span>
              </li>
            ))}
          </ul>
        </section>
      </div>
    </>
  )
}
