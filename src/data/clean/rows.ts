import { CLEAN_STEPS, type Step } from '../../shared/clean-steps.ts'
import type { Example } from '../examples.ts'
import { textKey } from '../model-text.ts'
import type { Part } from '../split-column.ts'
import { chooseSteps } from './choose.ts'
import type { TextStep } from './steps.ts'
import { textCleaner } from './text.ts'

/** The cleaning of a run, for rows. */
export interface Cleaning {
  readonly steps: readonly Step[]
  clean(text: string): string
  /** The row as the model reads it; the same object where nothing changes. */
  cleaned<T extends Example>(example: T): T
  /**
   * Divides rows so that those that become equal stay together. By the usual steps few do, and a stray space should
   * not divide a file otherwise: with these alone the rows are divided as they stand.
   *
   * @param divide gives each of its rows at most once
   */
  divided<T extends Record<Part, readonly Example[]>>(
    examples: readonly Example[],
    divide: (examples: readonly Example[]) => T,
  ): T
  /**
   * The rows of training or validation that stay. A label keeps a row in any case: leaving out all of its rows would
   * change what is learnt.
   */
  stay(examples: readonly Example[]): { readonly rows: readonly Example[]; readonly left: LeftOut }
  /** How many of the rows each step changes. */
  changes(examples: readonly Example[]): ReadonlyMap<TextStep, number>
}

/** Rows left out by each step. */
export interface LeftOut {
  readonly empty: number
  readonly duplicates: number
}

/** @param asked the option `clean` */
export const openCleaning = (asked: string): Cleaning => {
  const steps = chooseSteps(asked)
  const { clean, trace, steps: textSteps } = textCleaner(steps)
  const regroups = textSteps.some((step) => !CLEAN_STEPS[step].usual)
  const cleaned = <T extends Example>(example: T): T => {
    const text = clean(example.text)
    const pair = example.pair === undefined ? undefined : clean(example.pair)
    return text === example.text && pair === example.pair
      ? example
      : { ...example, text, ...(pair === undefined ? {} : { pair }) }
  }
  return {
    steps,
    clean,
    cleaned,
    divided: (examples, divide) => {
      if (!regroups) return divide(examples)
      const rows = new Map(examples.map((example) => [cleaned(example), example]))
      const parts = divide([...rows.keys()])
      const asRead = (part: readonly Example[]) => part.flatMap((row) => rows.get(row) ?? [])
      return { ...parts, train: asRead(parts.train), valid: asRead(parts.valid), test: asRead(parts.test) }
    },
    stay: (examples) => {
      const seen = new Set<string>()
      const reasons = examples.map((example): keyof LeftOut | null => {
        const row = cleaned(example)
        if (steps.includes('empty') && (row.text.trim() === '' || row.pair?.trim() === '')) return 'empty'
        if (!steps.includes('duplicates')) return null
        const key = JSON.stringify([row.label, textKey(row)])
        if (seen.has(key)) return 'duplicates'
        seen.add(key)
        return null
      })
      const kept = new Set(examples.filter((_, i) => reasons[i] === null).map(({ label }) => label))
      for (const [i, { label }] of examples.entries()) {
        if (kept.has(label)) continue
        kept.add(label)
        reasons[i] = null
      }
      const count = (reason: keyof LeftOut) => reasons.filter((one) => one === reason).length
      return {
        rows: examples.filter((_, i) => reasons[i] === null),
        left: { empty: count('empty'), duplicates: count('duplicates') },
      }
    },
    changes: (examples) => {
      const counts = new Map<TextStep, number>()
      for (const { text, pair } of examples) {
        const changed = new Set([...trace(text).changed, ...(pair === undefined ? [] : trace(pair).changed)])
        for (const step of changed) counts.set(step, (counts.get(step) ?? 0) + 1)
      }
      return new Map(
        textSteps.flatMap((step) => [[step, counts.get(step) ?? 0] as const]).filter(([, n]) => n > 0),
      )
    },
  }
}
