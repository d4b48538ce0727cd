import type { Example } from '../examples.ts'
import { textOf } from '../model-text.ts'
import { findNear } from './duplicates.ts'
import { type Leaked, leaksOf } from './leaks.ts'

const NONE: Leaked = { exact: [], near: [] }

/**
 * Which rows of files named for validation and test stand, equally or nearly, among the rows to divide, and which of
 * the test in the validation file too: what a run says of them before it trains, with whatever split, as what is not
 * trained on is validated or tested on. By their places in `valid` and `test`.
 */
export function* findNamedLeaks(
  own: readonly Example[],
  valid: readonly Example[],
  test: readonly Example[],
): Generator<undefined, { readonly valid: Leaked; readonly test: Leaked }> {
  if (valid.length + test.length === 0) return { valid: NONE, test: NONE }
  const all = [...own, ...valid, ...test]
  const near = yield* findNear(all.map(textOf))
  const places = all.map((_, place) => place)
  const leaked = (from: number, count: number): Leaked => {
    const { exact, near: alike } = leaksOf(near, all, places.slice(0, from), places.slice(from, from + count))
    const within = (place: number): number => place - from
    return { exact: exact.map(within), near: alike.map(within) }
  }
  return {
    valid: leaked(own.length, valid.length),
    test: leaked(own.length + valid.length, test.length),
  }
}
