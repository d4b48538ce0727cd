import { WAY_WORDS, WAYS } from './augmentation.ts'
import { ALL_STEPS, CLEAN_STEPS, CLEAN_WORDS } from './clean-steps.ts'
import { aboutOption, type OptionName, RunOptions } from './config.ts'
import type { WordList } from './word-list.ts'

/** How an option is asked for in a form. */
export type OptionKind =
  | { readonly kind: 'choice'; readonly values: readonly string[] }
  | { readonly kind: 'file' }
  /** The name of a column: chosen where the columns are. */
  | { readonly kind: 'column' }
  | { readonly kind: 'number'; readonly isAuto: boolean }
  /** Some of the words of a list. */
  | { readonly kind: 'words'; readonly list: WordList; readonly what: Readonly<Record<string, string>> }
  | { readonly kind: 'text' }

/** What a schema is made of, as far as it matters here. */
interface Shape {
  readonly type: string
  readonly wrapped?: unknown
  readonly options?: unknown
  readonly pipe?: unknown
}

const isShape = (value: unknown): value is Shape =>
  typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string'

/** The schema inside those that only say that it may be missing or null, or what it must hold besides. */
function innermost(schema: unknown): Shape | null {
  if (!isShape(schema)) return null
  if (schema.type === 'optional' || schema.type === 'nullable') return innermost(schema.wrapped)
  if (Array.isArray(schema.pipe) && schema.pipe[0] !== schema && isShape(schema.pipe[0]))
    return innermost(schema.pipe[0])
  return schema
}

const WHAT_STEPS_DO = Object.fromEntries(ALL_STEPS.map((step) => [step, CLEAN_STEPS[step].what]))

/** How an option is asked for, by its schema. */
export function kindOf(name: OptionName): OptionKind {
  const { value } = aboutOption(name)
  if (value === 'COL') return { kind: 'column' }
  if (value === 'FILE') return { kind: 'file' }
  if (name === 'clean') return { kind: 'words', list: CLEAN_WORDS, what: WHAT_STEPS_DO }
  if (name === 'augment') return { kind: 'words', list: WAY_WORDS, what: WAYS }
  const schema = innermost(RunOptions.entries[name])
  if (schema?.type === 'picklist' && Array.isArray(schema.options))
    return { kind: 'choice', values: schema.options.map(String) }
  if (schema?.type === 'number') return { kind: 'number', isAuto: false }
  if (schema?.type === 'union' && Array.isArray(schema.options)) {
    const inner = schema.options.map(innermost)
    if (inner.some((one) => one?.type === 'number')) return { kind: 'number', isAuto: true }
  }
  return { kind: 'text' }
}
