import { useRef } from 'preact/hooks'
import { t } from '../../src/shared/l10n.ts'
import type { LengthCounts } from '../../src/shared/page.ts'
import { count, percent } from '../parts/numbers.ts'
import { binsOf, cutAt, reachOf } from './length-bins.ts'

const BINS = 40
const PAGE = 16

/**
 * How long the texts are. In tokens the point where they are cut is a handle: it is dragged, or moved by arrow keys.
 */
export const Lengths = ({
  lengths,
  isTokens,
  limit,
  setLimit,
}: {
  readonly lengths: LengthCounts
  readonly isTokens: boolean
  /** Tokens that are read; null: there is nothing to cut. */
  readonly limit: number | null
  readonly setLimit: (limit: number) => void
}) => {
  const plot = useRef<HTMLDivElement>(null)
  const longest = lengths.at(-1)?.[0] ?? 0
  const reach = reachOf(lengths, limit)
  const bins = binsOf(lengths, reach, BINS)
  const most = Math.max(1, ...bins)
  const set = (tokens: number): void => setLimit(Math.min(reach, Math.max(1, Math.round(tokens))))
  const drag = (event: PointerEvent): void => {
    const box = plot.current?.getBoundingClientRect()
    if (box && event.buttons === 1) set(((event.clientX - box.left) / box.width) * reach)
  }
  const move = (event: KeyboardEvent): void => {
    if (limit === null) return
    const by = {
      ArrowLeft: -1,
      ArrowDown: -1,
      ArrowRight: 1,
      ArrowUp: 1,
      PageDown: -PAGE,
      PageUp: PAGE,
      Home: 1 - limit,
      End: reach - limit,
    }[event.key]
    if (by === undefined) return
    event.preventDefault()
    set(limit + by)
  }
  const beyond = limit === null ? null : cutAt(lengths, limit)
  const sentence =
    limit === null || beyond === null
      ? null
      : beyond.texts === 0
        ? t`${limit} tokens of a text are read: no text is cut.`
        : t`${limit} tokens of a text are read: ${beyond.texts} of ${beyond.all} texts are cut, ${percent(beyond.share)} of all tokens lie beyond.`
  return (
    <section class="side-part">
      <h3>{isTokens ? t`Length of the texts in tokens` : t`Length of the texts in characters`}</h3>
      <div class="length-plot" ref={plot}>
        <div class="histogram" role="img" aria-label={t`From ${lengths[0]?.[0] ?? 0} to ${longest}`}>
          {bins.map((texts, i) => (
            <div
              key={i}
              class={texts > 0 && limit !== null && (i * reach) / BINS >= limit ? 'bin cut' : 'bin'}
              style={{ height: texts === 0 ? '0' : `max(1px, ${(100 * texts) / most}%)` }}
            />
          ))}
        </div>
        {limit !== null && (
          <div
            class="handle"
            role="slider"
            tabIndex={0}
            aria-label={t`Tokens of a text that are read`}
            aria-valuemin={1}
            aria-valuemax={reach}
            aria-valuenow={limit}
            aria-valuetext={sentence ?? ''}
            style={{ left: `${(100 * Math.min(limit, reach)) / reach}%` }}
            onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
            onPointerMove={drag}
            onKeyDown={move}
          />
        )}
      </div>
      <div class="axis" aria-hidden="true">
        <span>0</span>
        <span>{count(reach)}</span>
      </div>
      <p class="muted">
        {sentence ?? t`Half of the texts have up to ${count(median(lengths))}, the longest has ${longest}.`}
      </p>
    </section>
  )
}

const median = (lengths: LengthCounts): number => {
  const all = lengths.reduce((sum, [, texts]) => sum + texts, 0)
  let below = 0
  for (const [length, texts] of lengths) {
    below += texts
    if (below >= all / 2) return length
  }
  return 0
}
