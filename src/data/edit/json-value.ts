import { encodeText } from '../encode-text.ts'
import type { Encoding } from '../encoding.ts'

/**
 * Where the value of a key stands in the text of an object, at the object's own level; null: there is no such key.
 * Of a key that is there twice the last counts, as for JSON.parse. The text must be a valid object.
 */
export function valueSpan(text: string, key: string): { readonly from: number; readonly to: number } | null {
  let found: { from: number; to: number } | null = null
  let at = behindSpace(text, text.indexOf('{') + 1)
  while (text[at] === '"') {
    const named = behindString(text, at)
    const name = text.slice(at, named)
    const from = behindSpace(text, behindSpace(text, named) + 1)
    at = behindValue(text, from)
    if (JSON.parse(name) === key) found = { from, to: at }
    at = behindSpace(text, at)
    if (text[at] !== ',') break
    at = behindSpace(text, at + 1)
  }
  return found
}

const behindSpace = (text: string, from: number): number => {
  let at = from
  while (/[ \t\r\n]/.test(text[at] ?? '')) at++
  return at
}

const behindString = (text: string, from: number): number => {
  let at = from + 1
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1
  return at + 1
}

function behindValue(text: string, from: number): number {
  if (text[from] === '"') return behindString(text, from)
  let at = from
  for (let depth = 0; at < text.length; ) {
    const char = text[at] ?? ''
    if (depth === 0 && /[,}\] \t\r\n]/.test(char)) return at
    if (char === '"') {
      at = behindString(text, at)
      continue
    }
    if (char === '{' || char === '[') depth++
    at++
    if ((char === '}' || char === ']') && --depth === 0) return at
  }
  return at
}

/**
 * A label as JSON in place of another value: a string, or what the other one was where the label reads as that (a
 * number, true, an object). Characters that the file's encoding has no bytes for are escaped.
 */
export function writtenValue(label: string, before: string, encoding: Encoding): string {
  if (!before.startsWith('"')) {
    const [was, is] = [parsed(before), parsed(label)]
    const same = typeof was === typeof is && Array.isArray(was) === Array.isArray(is)
    if (is !== undefined && is !== null && same && canonical(is) === label) return label
  }
  return JSON.stringify(label).replaceAll(/\P{ASCII}/gu, (char) =>
    encodeText(char, encoding) === null ? escaped(char) : char,
  )
}

/** undefined: no JSON. */
const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** As the reader writes a value out. */
const canonical = (value: unknown): string =>
  typeof value === 'object' ? JSON.stringify(value) : String(value)

const escaped = (char: string): string =>
  [...Array(char.length).keys()].map((i) => `\\u${char.charCodeAt(i).toString(16).padStart(4, '0')}`).join('')
