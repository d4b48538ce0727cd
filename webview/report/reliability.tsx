import { calibrationSentence, unsureSentence } from '../../src/shared/calibration-words.ts'
import { t } from '../../src/shared/l10n.ts'
import type { Calibration } from '../../src/shared/trust.ts'
import { count, percent } from '../parts/numbers.ts'

const SIZE = 320
const LEFT = 48
const BOTTOM = 40
const AIR = 8
const SHARES = [0, 0.25, 0.5, 0.75, 1]

const x = (share: number): number => LEFT + share * (SIZE - LEFT - AIR)
const y = (share: number): number => SIZE - BOTTOM - share * (SIZE - BOTTOM - AIR)

/** How far probabilities can be believed: what share of the answers is right, by how certain the model says it is. */
export const Reliability = ({ calibration }: { readonly calibration: Calibration }) => {
  const { bins, unsure } = calibration
  const most = bins.reduce((largest, { rows }) => Math.max(largest, rows), 1)
  return (
    <section>
      <h4>{t`How far probabilities can be believed`}</h4>
      <p class="said">
        {calibrationSentence(calibration)} {unsureSentence(unsure)}
      </p>
      <p class="faint hint">
        {t`Each dot is the test rows of about one probability, larger where there are more. On the dashed line the model is as often right as it says; below it, it is too sure. Left of the upright line it is unsure.`}
      </p>
      <svg class="scatter" viewBox={`0 0 ${SIZE} ${SIZE}`} role="img" aria-label={spoken(bins)}>
        {SHARES.map((share) => (
          <g key={share}>
            <line class="grid" x1={x(share)} x2={x(share)} y1={y(1)} y2={y(0)} />
            <line class="grid" x1={x(0)} x2={x(1)} y1={y(share)} y2={y(share)} />
            <text x={x(share)} y={y(0) + 16} text-anchor={share === 1 ? 'end' : 'middle'}>
              {100 * share}
            </text>
            <text x={LEFT - 4} y={y(share) + (share === 1 ? 8 : 4)} text-anchor="end">
              {100 * share}
            </text>
          </g>
        ))}
        <line class="equal" x1={x(0)} y1={y(0)} x2={x(1)} y2={y(1)} />
        {unsure.threshold !== null && (
          <line class="threshold" x1={x(unsure.threshold)} x2={x(unsure.threshold)} y1={y(1)} y2={y(0)} />
        )}
        {bins.map(({ from, rows, confidence, accuracy }) => (
          <circle key={from} cx={x(confidence)} cy={y(accuracy)} r={2 + 6 * Math.sqrt(rows / most)} />
        ))}
        <text x={(LEFT + SIZE) / 2} y={SIZE - 4} text-anchor="middle">
          {t`probability, %`}
        </text>
        <text x={LEFT + 4} y={20}>
          {t`right, %`}
        </text>
      </svg>
    </section>
  )
}

const spoken = (bins: Calibration['bins']): string =>
  bins
    .map(
      ({ rows, confidence, accuracy }) =>
        t`probability ${percent(confidence)}: ${percent(accuracy)} right of ${count(rows)} rows`,
    )
    .join('; ')
