import * as v from 'valibot'

/** What is classified on its own. */
export const UNITS = ['line', 'sentence', 'paragraph', 'column'] as const
export const UnitKind = v.picklist(UNITS)
export type UnitKind = v.InferOutput<typeof UnitKind>

/** Under this probability a prediction is shown as unsure where neither the setting nor the model says another. */
export const DEFAULT_THRESHOLD = 0.6

const name = v.pipe(v.string(), v.minLength(1))

/** An entry of the setting `finesse.classify`. */
export const ClassifyEntry = v.object({
  /** A run's or an exported model's folder: absolute, or from the workspace folder. */
  model: name,
  /** A glob from the workspace folder, or of absolute paths; without one every file of the languages. */
  files: v.optional(name),
  /** A language of the editor, as `markdown`. */
  language: v.optional(name),
  unit: v.optional(UnitKind, 'line'),
  /** Of a table; without one it is found. */
  column: v.optional(name),
  /** Without one the model's own holds. */
  threshold: v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(1))),
})
export type ClassifyEntry = v.InferOutput<typeof ClassifyEntry>

/** The entries that can be used, and of each other where it is wrong. */
export function readEntries(value: unknown): {
  readonly entries: readonly ClassifyEntry[]
  readonly wrong: readonly string[]
} {
  if (!Array.isArray(value)) return { entries: [], wrong: value === undefined ? [] : ['finesse.classify'] }
  const entries: ClassifyEntry[] = []
  const wrong: string[] = []
  for (const [i, item] of value.entries()) {
    const parsed = v.safeParse(ClassifyEntry, item)
    if (parsed.success && (parsed.output.files ?? parsed.output.language) !== undefined)
      entries.push(parsed.output)
    else {
      const path = parsed.success ? 'files' : v.getDotPath(parsed.issues[0])
      wrong.push(`finesse.classify[${i}]${path === null ? '' : `.${path}`}`)
    }
  }
  return { entries, wrong }
}
