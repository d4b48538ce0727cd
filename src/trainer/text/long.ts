import type { Long } from '../../shared/config.ts'
import type { Frame } from './frame.ts'
import type { Encoded } from './tokenizer.ts'

/** Share of a window that the next one reads again, so that what stands at an edge is read in its context once. */
const OVERLAP = 1 / 4

/**
 * What the model reads of the ids of a text: with `head+tail` their first half of what there is room for and
 * their last, with `windows` all of them in parts.
 *
 * @param frame of a single text
 */
export const readLong = (
  frame: Frame,
  ids: readonly number[],
  maxLength: number,
  long: Exclude<Long, 'truncate'>,
): readonly Encoded[] => {
  const whole = frame([ids], maxLength)
  const cut = whole.length - whole.ids.length
  if (cut <= 0) return [whole]
  const room = ids.length - cut
  if (long === 'head+tail') {
    const head = Math.ceil(room / 2)
    const kept = [...ids.slice(0, head), ...ids.slice(ids.length - (room - head))]
    return [{ ...frame([kept], maxLength), length: whole.length }]
  }
  return windowStarts(ids.length, room).map((start) => frame([ids.slice(start, start + room)], maxLength))
}

/** Where the windows of `room` tokens begin that cover `count` tokens; the last one ends with them. */
export const windowStarts = (count: number, room: number): readonly number[] => {
  const step = Math.max(1, room - Math.floor(room * OVERLAP))
  const starts = [0]
  while ((starts.at(-1) ?? 0) + room < count) starts.push(Math.min((starts.at(-1) ?? 0) + step, count - room))
  return starts
}
