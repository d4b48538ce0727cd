import { UserError } from '../shared/error.ts'
import { t } from '../shared/l10n.ts'
import type { Line } from './lines.ts'

/** Levels of objects and arrays inside one another: deeper ones would exhaust the stack where they are written out. */
const DEEPEST = 64

const QUOTE = 0x22
const BACKSLASH = 0x5c
const LF = 0x0a
const CR = 0x0d

/** An object of an array: `at` is its first character, counted from 0 through all pieces. */
export interface ArrayItem extends Line {
  readonly at: number
}

/**
 * Splits pieces of a JSON array of objects, of any size, into the texts of its objects, each with the 1-based line on
 * which it begins. `pending` is the length of the object not yet complete. Throws a UserError that names the line
 * where the text is no such array; what is inside an object is left to `JSON.parse`.
 */
export function createArraySplitter(path: string): {
  push(text: string): ArrayItem[]
  /** Nothing is left: what is not complete is refused. */
  end(): ArrayItem[]
  pending(): number
} {
  let expected: 'array' | 'first' | 'object' | 'inside' | 'comma' | 'nothing' = 'array'
  let line = 1
  let began = 1
  /** Characters of the pieces before this one; where the object that is open begins. */
  let before = 0
  let beganAt = 0
  let depth = 0
  let quoted = false
  let escaped = false
  let open = ''
  let afterCr = false

  const wrong = (what: string) =>
    new UserError(
      t`${path} line ${line}: ${what}; write an array of objects, as [{"text": "...", "label": "..."}]`,
    )

  return {
    push(text) {
      const found: ArrayItem[] = []
      let from = 0
      for (let i = 0; i < text.length; i++) {
        const code = text.charCodeAt(i)
        if (code === LF ? !afterCr : code === CR) line++
        afterCr = code === CR
        if (expected === 'inside') {
          if (quoted) {
            if (escaped) escaped = false
            else if (code === BACKSLASH) escaped = true
            else if (code === QUOTE) quoted = false
          } else if (code === QUOTE) quoted = true
          else if (code === 0x7b || code === 0x5b) {
            if (++depth > DEEPEST) throw wrong(t`objects inside one another more than ${DEEPEST} deep`)
          } else if (code === 0x7d || code === 0x5d) {
            if (--depth > 0) continue
            found.push({ line: began, at: beganAt, text: open + text.slice(from, i + 1) })
            open = ''
            expected = 'comma'
          }
          continue
        }
        if (code === 0x20 || code === 9 || code === LF || code === CR) continue
        if (expected === 'array' && code === 0x5b) expected = 'first'
        else if ((expected === 'first' || expected === 'object') && code === 0x7b) {
          expected = 'inside'
          began = line
          beganAt = before + i
          depth = 1
          from = i
        } else if (expected === 'comma' && code === 0x2c) expected = 'object'
        else if ((expected === 'first' || expected === 'comma') && code === 0x5d) expected = 'nothing'
        else if (expected === 'nothing') throw wrong(t`text behind the end of the JSON array`)
        else if (expected === 'comma') throw wrong(t`a comma is missing between two objects`)
        else throw wrong(expected === 'array' ? t`not a JSON array` : t`an item that is no object`)
      }
      if (expected === 'inside') open += text.slice(from)
      before += text.length
      return found
    },
    end() {
      if (expected !== 'nothing') throw wrong(t`the JSON array is not complete`)
      return []
    },
    pending: () => open.length,
  }
}
