import { useState } from 'preact/hooks'
import { t } from '../../src/shared/l10n.ts'
import type { Profile } from '../../src/shared/profile.ts'
import { count, figure, percent } from '../parts/numbers.ts'

const FIRST = 10
/** More are of no use in a list. */
const MOST = 200
const BINS = 20

/** How many rows each label has. */
export const Labels = ({ profile }: { readonly profile: Profile }) => {
  const [isAll, setAll] = useState(false)
  const { labels, usable } = profile
  const most = Math.max(1, ...labels.map(({ rows }) => rows))
  const shown = labels.slice(0, isAll ? MOST : FIRST)
  return (
    <section class="side-part">
      <h3>{labels.length === 1 ? t`1 label` : t`${labels.length} labels`}</h3>
      <table class="bars">
        <thead class="unseen">
          <tr>
            <th>{t`Label`}</th>
            <th>{t`Share of the rows, as a bar`}</th>
            <th>{t`Rows`}</th>
            <th>{t`Share`}</th>
          </tr>
        </thead>
        <tbody>
          {shown.map(({ label, rows }) => (
            <tr key={label}>
              <th scope="row" title={label}>
                {label}
              </th>
              <td class="bar">
                <div style={{ width: `${(100 * rows) / most}%` }} />
              </td>
              <td class="number">{count(rows)}</td>
              <td class="number muted">{percent(rows / Math.max(1, usable))}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {labels.length > shown.length && (
        <p>
          {isAll ? (
            <span class="muted">{t`and ${labels.length - shown.length} more`}</span>
          ) : (
            <button type="button" class="link" onClick={() => setAll(true)}>
              {t`Show ${count(Math.min(MOST, labels.length) - shown.length)} more`}
            </button>
          )}
        </p>
      )}
    </section>
  )
}

/** Of a column of numbers: how they are spread. */
export const Numbers = ({ profile }: { readonly profile: Profile }) => {
  const values = profile.labels
    .map(({ label, rows }) => ({ value: Number(label.replace(',', '.')), rows }))
    .filter(({ value }) => Number.isFinite(value))
  if (values.length === 0) return null
  const low = Math.min(...values.map(({ value }) => value))
  const high = Math.max(...values.map(({ value }) => value))
  const bins = Array.from({ length: BINS }, () => 0)
  for (const { value, rows } of values) {
    const at = high === low ? 0 : Math.min(BINS - 1, Math.floor((BINS * (value - low)) / (high - low)))
    bins[at] = (bins[at] ?? 0) + rows
  }
  const most = Math.max(1, ...bins)
  return (
    <section class="side-part">
      <h3>{t`Numbers`}</h3>
      <div class="histogram" role="img" aria-label={t`Numbers from ${figure(low)} to ${figure(high)}`}>
        {bins.map((rows, i) => (
          <div key={i} class="bin" style={{ height: `${(100 * rows) / most}%` }} />
        ))}
      </div>
      <div class="axis" aria-hidden="true">
        <span>{figure(low)}</span>
        <span>{figure(high)}</span>
      </div>
    </section>
  )
}
