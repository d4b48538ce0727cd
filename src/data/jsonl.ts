import * as v from 'valibot'
import { UserError } from '../shared/error.ts'
import { createLineSplitter } from './lines.ts'

const SAMPLED_LINES = 1000

const JsonObject = v.pipe(
  v.unknown(),
  v.check((value) => typeof value === 'object' && value !== null && !Array.isArray(value)),
  v.record(v.string(), v.unknown()),
)

/** null: not a JSON object. */
export function parseObject(text: string): Record<string, unknown> | null {
  try {
    const parsed = v.safeParse(JsonObject, JSON.parse(text))
    return parsed.success ? parsed.output : null
  } catch {
    return null
  }
}

/** The keys of the first lines of a JSONL file, in order of first appearance. */
export function jsonColumns(path: string, sample: string, complete: boolean): string[] {
  const splitter = createLineSplitter()
  const lines = splitter.push(sample)
  if (complete || lines.length === 0) lines.push(...splitter.end())
  const columns = new Set<string>()
  for (const { line, text } of lines.slice(0, SAMPLED_LINES)) {
    if (text.trim() === '') continue
    for (const key of Object.keys(objectOf(path, line, text))) columns.add(key)
  }
  if (columns.size === 0)
    throw new UserError(`${path}: its objects have no keys; give each a text and a label`)
  return [...columns]
}

/** The values of a line under the columns, as text: null and a missing key are ''. */
export function jsonCells(
  path: string,
  line: number,
  text: string,
  columns: readonly string[],
): { cells: string[]; width: number } {
  const object = objectOf(path, line, text)
  const cells = columns.map((column) => (Object.hasOwn(object, column) ? cellOf(object[column]) : ''))
  const known = new Set(columns)
  let surplus = 0
  for (const key of Object.keys(object)) if (!known.has(key)) surplus++
  return { cells, width: columns.length + surplus }
}

function objectOf(path: string, line: number, text: string): Record<string, unknown> {
  const object = parseObject(text)
  if (object !== null) return object
  if (line === 1 && /^\s*(\[|\{\s*$)/.test(text)) {
    throw new UserError(
      `${path} line 1: JSON, but not one object a line; write it as JSONL, one object on each line`,
    )
  }
  throw new UserError(
    `${path} line ${line}: not a JSON object; each line must be one, as {"text": "...", "label": "..."}`,
  )
}

function cellOf(value: unknown): string {
  if (value === null || value === undefined) return ''
  if (typeof value === 'string') return value
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}
