import type { Step } from '../../shared/clean-steps.ts'
import { editor, type Normalizer, normalizerOf } from './edit.ts'
import { isTextStep, TEXT_STEPS, type TextStep } from './steps.ts'

/** The text steps of a run, ready to be used. */
export interface TextCleaner {
  readonly steps: readonly TextStep[]
  clean(text: string): string
  /** The cleaned text, and the steps that changed it. */
  trace(text: string): { readonly text: string; readonly changed: readonly TextStep[] }
}

export const textCleaner = (chosen: readonly Step[]): TextCleaner => {
  const steps = chosen.filter(isTextStep)
  const editors = steps.map((step) => ({ step, edits: TEXT_STEPS[step].map(editor) }))
  const trace = (text: string) => {
    const changed: TextStep[] = []
    let now = text
    for (const { step, edits } of editors) {
      const before = now
      for (const edit of edits) now = edit(now)
      if (now !== before) changed.push(step)
    }
    return { text: now, changed }
  }
  return { steps, trace, clean: (text) => trace(text).text }
}

/** The text steps as normalizers for a `tokenizer.json`, in order. */
export const normalizers = (chosen: readonly Step[]): readonly Normalizer[] =>
  chosen.filter(isTextStep).flatMap((step) => TEXT_STEPS[step].map(normalizerOf))
