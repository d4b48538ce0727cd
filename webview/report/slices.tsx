import { rowCount } from '../../src/shared/counts.ts'
import { t } from '../../src/shared/l10n.ts'
import { isWeak, sliceName } from '../../src/shared/slices/slice-words.ts'
import type { Slice } from '../../src/shared/trust.ts'
import { Breakable } from '../parts/breakable.tsx'
import { count, percent } from '../parts/numbers.ts'
import type { SliceRows } from './report-store.ts'
import { Rows } from './rows.tsx'

/** By what a slice is known in messages and lists. */
export const sliceKey = ({ kind, column, value }: Pick<Slice, 'kind' | 'column' | 'value'>): string =>
  JSON.stringify([kind, column, value])

/** Test rows with something in common that are mistaken more than the others, and the rows of the one that was chosen. */
export const Slices = ({
  slices,
  chosen,
  ask,
  open,
}: {
  readonly slices: readonly Slice[]
  readonly chosen: SliceRows | null
  /** For rows of a slice, from a number of them on. */
  readonly ask: (slice: Slice, from: number) => void
  readonly open: (row: number, file: number | null) => void
}) => {
  const shown = chosen && slices.find((slice) => sliceKey(slice) === sliceKey(chosen))
  return (
    <section>
      <h4>{t`Where it fails`}</h4>
      <p class="faint hint">
        {slices.some(isWeak)
          ? t`Rows of the test that have something in common. Bold: chance alone would seldom make such a difference, whichever of all slices that were tried. A number opens its rows.`
          : t`Rows of the test that have something in common. Chance alone could make all of these differences. A number opens its rows.`}
      </p>
      <div class="scroll">
        <table class="numbers wide slices">
          <thead>
            <tr>
              <th scope="col">{t`Slice`}</th>
              <th scope="col">{t`Rows`}</th>
              <th scope="col">{t`Right`}</th>
              <th scope="col">{t`Of others`}</th>
              <th scope="col">{t`Chance`}</th>
            </tr>
          </thead>
          <tbody>
            {slices.map((slice) => {
              const name = <Breakable text={sliceName(slice)} />
              return (
                <tr key={sliceKey(slice)}>
                  <th scope="row">{isWeak(slice) ? <strong>{name}</strong> : name}</th>
                  <td>
                    <button
                      type="button"
                      class="link"
                      aria-label={t`${sliceName(slice)}: ${rowCount(slice.rows)}`}
                      onClick={() => ask(slice, 0)}
                    >
                      {count(slice.rows)}
                    </button>
                  </td>
                  <td>{percent(slice.accuracy)}</td>
                  <td>{percent(slice.accuracy - slice.difference)}</td>
                  <td>{slice.p < 0.001 ? '< 0.001' : slice.p.toFixed(3)}</td>
                </tr>
              )
            })}
          </tbody>
        </table>
      </div>
      <div role="status">
        {chosen && shown && (
          <p class="cell-head">{t`${sliceName(shown)}: ${rowCount(chosen.total)}, the mistaken ones first`}</p>
        )}
      </div>
      {chosen && shown && (
        <>
          <Rows rows={chosen.rows} labels open={open} />
          {chosen.rows.length < chosen.total && (
            <button type="button" class="button secondary" onClick={() => ask(shown, chosen.rows.length)}>
              {t`Show More`}
            </button>
          )}
        </>
      )}
    </section>
  )
}
