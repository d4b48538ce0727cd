import { t } from '../../src/shared/l10n.ts'
import type { CurvePoint } from '../../src/shared/learning-curve.ts'
import { count, percent } from '../parts/numbers.ts'
import { ticks } from '../parts/ticks.ts'

const WIDTH = 400
const HEIGHT = 280
const LEFT = 48
const BOTTOM = 40
const TOP = 24
const RIGHT = 12
/** A curve that is all but flat is to look flat: never less than so much accuracy from bottom to top. */
const LEAST_SPAN = 0.05

/** Accuracy over the share of the training rows. */
export const Chart = ({ points }: { readonly points: readonly CurvePoint[] }) => {
  const values = points.flatMap(({ accuracy_range }) => accuracy_range)
  const [least, most] = [Math.min(...values), Math.max(...values)]
  const room = Math.max(0.1 * (most - least), (LEAST_SPAN - (most - least)) / 2)
  const [from, to] = [Math.max(0, least - room), Math.min(1, most + room)]
  const x = (share: number): number => LEFT + share * (WIDTH - LEFT - RIGHT)
  const y = (value: number): number =>
    HEIGHT - BOTTOM - ((value - from) / (to - from)) * (HEIGHT - BOTTOM - TOP)
  return (
    <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={spoken(points)}>
      {ticks(from, to, 5).map((value) => (
        <g key={value}>
          <line class="grid" x1={LEFT} x2={WIDTH - RIGHT} y1={y(value)} y2={y(value)} />
          <text x={LEFT - 4} y={y(value) + 4} text-anchor="end">
            {Number((100 * value).toFixed(2))}
          </text>
        </g>
      ))}
      <line class="grid" x1={LEFT} x2={LEFT} y1={TOP} y2={HEIGHT - BOTTOM} />
      <polyline points={points.map(({ share, accuracy }) => `${x(share)},${y(accuracy)}`).join(' ')} />
      {points.map(({ share, accuracy, accuracy_range: [low, high] }) => (
        <g key={share}>
          <line class="range" x1={x(share)} x2={x(share)} y1={y(low)} y2={y(high)} />
          <circle cx={x(share)} cy={y(accuracy)} r={4} />
          <text x={x(share)} y={HEIGHT - BOTTOM + 16} text-anchor="middle">
            {100 * share}
          </text>
        </g>
      ))}
      <text x={(LEFT + WIDTH) / 2} y={HEIGHT - 4} text-anchor="middle">
        {t`share of the training rows, %`}
      </text>
      <text x={LEFT + 4} y={12}>
        {t`accuracy, %`}
      </text>
    </svg>
  )
}

const spoken = (points: readonly CurvePoint[]): string =>
  points
    .map(({ rows, accuracy }) => t`${count(rows)} training rows: accuracy ${percent(accuracy)}`)
    .join('; ')
