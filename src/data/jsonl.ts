import * as v from 'valibot'
import { UserError } from '../shared/error.ts'
import { t } from '../shared/l10n.ts'
import { createArraySplitter } from './json-array.ts'
import { createLineSplitter, type Line } from './lines.ts'

const SAMPLED_OBJECTS = 1000

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

/** Whether a text begins as a JSON array of objects does. */
export const beginsArray = (text: string): boolean => /^\s*\[\s*(\{|\]\s*$)/.test(text)

/** The keys of the first lines of a JSONL file, in order of first appearance. */
export function lineColumns(path: string, sample: string, complete: boolean): string[] {
  const splitter = createLineSplitter()
  const lines = splitter.push(sample)
  if (complete || lines.length === 0) lines.push(...splitter.end())
  return keysOf(
    path,
    lines.filter(({ text }) => text.trim() !== ''),
  )
}

/** The keys of the first objects of a JSON array. */
export function arrayColumns(path: string, sample: string, complete: boolean): string[] {
  const splitter = createArraySplitter(path)
  const objects = splitter.push(sample)
  if (complete) splitter.end()
  if (!complete && objects.length === 0)
    throw new UserError(
      t`${path} line 1: the first object is longer than ${sample.length} characters; put a shorter one first`,
    )
  return keysOf(path, objects)
}

function keysOf(path: string, objects: readonly Line[]): string[] {
  const columns = new Set<string>()
  for (const { line, text } of objects.slice(0, SAMPLED_OBJECTS))
    for (const key of Object.keys(objectOf(path, line, text))) columns.add(key)
  if (columns.size === 0)
    throw new UserError(t`${path}: its objects have no keys; give each a text and a label`)
  return [...columns]
}

/** The values of an object under the columns, as text: null and a missing key are ''. */
export function jsonCells(
  path: string,
  line: number,
  text: string,
  columns: readonly string[],
): { cells: string[]; width: number } {
  const object = objectOf(path, line, text)
  const cells = columns.map((column) =>
    Object.hasOwn(object, column) ? cellOf(path, line, object[column]) : '',
  )
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
      t`${path} line 1: JSON, but neither an array of objects nor one object a line; write it as one of these`,
    )
  }
  throw new UserError(
    t`${path} line ${line}: not a JSON object; write each row as one, as {"text": "...", "label": "..."}`,
  )
}

function cellOf(path: string, line: number, value: unknown): string {
  if (value === null || value === undefined) return ''
  if (typeof value === 'string') return value
  if (typeof value !== 'object') return String(value)
  try {
    return JSON.stringify(value)
  } catch (error) {
    // JSON.parse reads any depth, JSON.stringify ends where the stack does.
    if (error instanceof RangeError)
      throw new UserError(
        t`${path} line ${line}: objects inside one another too deep to be read; flatten them`,
      )
    throw error
  }
}
