/** Height of a row, as in data.css. */
export const ROW_HEIGHT = 24
/** Browsers draw no element much higher than 16 million pixels. */
const HIGHEST = 12_000_000

/** Which rows of a table of any length are in view, by how far it is scrolled. */
export interface RowWindow {
  /** Of the element that is scrolled. */
  readonly height: number
  /** 1-based; rows of the table. */
  readonly first: number
  readonly last: number
  /** Pixels of the first row from the top of the element. */
  readonly top: number
}

/** Of a table higher than any element a pixel scrolls more than a pixel of rows. */
const scaleOf = (rows: number, viewport: number): { height: number; scale: number } => {
  const whole = rows * ROW_HEIGHT
  const height = Math.min(whole, HIGHEST)
  return { height, scale: height === whole ? 1 : (whole - viewport) / (height - viewport) }
}

/** @param scrolled pixels above what is in view */
export function windowOf(rows: number, scrolled: number, viewport: number, spare = 8): RowWindow {
  const { height, scale } = scaleOf(rows, viewport)
  const above = scrolled * scale
  const seen = Math.floor(above / ROW_HEIGHT)
  const first = Math.max(1, seen + 1 - spare)
  const last = Math.min(rows, seen + Math.ceil(viewport / ROW_HEIGHT) + 1 + spare)
  return { height, first, last, top: scrolled - (above - (first - 1) * ROW_HEIGHT) }
}

/** How far to scroll so that a row is in view; as far as now where it is. */
export function scrollTo(rows: number, row: number, scrolled: number, viewport: number): number {
  const { scale } = scaleOf(rows, viewport)
  const [above, below] = [(row - 1) * ROW_HEIGHT, row * ROW_HEIGHT - viewport]
  const now = scrolled * scale
  return (now > above ? above : now < below ? below : now) / scale
}
