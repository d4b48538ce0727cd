import { t } from '../../src/shared/l10n.ts'
import { figure } from '../parts/numbers.ts'
import { ticks } from '../parts/ticks.ts'

const SIZE = 320
const LEFT = 48
const BOTTOM = 40

/** Predicted numbers against true ones; on the line they are equal. */
export const Scatter = ({ points }: { readonly points: readonly (readonly [number, number])[] }) => {
  const all = points.flat()
  const least = all.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY)
  const greatest = all.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY)
  if (points.length === 0) return null
  const air = (greatest - least) * 0.04 || 1
  const [from, to] = [least - air, greatest + air]
  const x = (value: number): number => LEFT + ((value - from) / (to - from)) * (SIZE - LEFT - 8)
  const y = (value: number): number => SIZE - BOTTOM - ((value - from) / (to - from)) * (SIZE - BOTTOM - 8)
  return (
    <svg class="scatter" viewBox={`0 0 ${SIZE} ${SIZE}`} role="img" aria-label={t`Predicted against true`}>
      {ticks(from, to, 5).map((value) => (
        <g key={value}>
          <line class="grid" x1={x(value)} x2={x(value)} y1={8} y2={SIZE - BOTTOM} />
          <line class="grid" x1={LEFT} x2={SIZE - 8} y1={y(value)} y2={y(value)} />
          <text x={x(value)} y={SIZE - BOTTOM + 16} text-anchor="middle">
            {figure(value)}
          </text>
          <text x={LEFT - 4} y={y(value) + 4} text-anchor="end">
            {figure(value)}
          </text>
        </g>
      ))}
      <line class="equal" x1={x(from)} y1={y(from)} x2={x(to)} y2={y(to)} />
      {points.map(([target, value], i) => (
        <circle key={i} cx={x(target)} cy={y(value)} r={2.5} />
      ))}
      <text x={(LEFT + SIZE) / 2} y={SIZE - 4} text-anchor="middle">
        {t`true`}
      </text>
      <text x={LEFT + 4} y={20}>
        {t`predicted`}
      </text>
    </svg>
  )
}
