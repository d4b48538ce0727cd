import { createHash } from 'node:crypto'
import { joined, type ModelText } from '../../data/model-text.ts'
import type { Random } from '../../data/random.ts'

/** A text that may be chosen, with what a model says of it. */
export interface Candidate {
  /** 1-based, as the file is read. */
  readonly row: number
  readonly text: ModelText
  /** The most probable label; null: no model was asked. */
  readonly suggestion: { readonly label: string; readonly probability: number } | null
  /** From 0, sure, to 1; without a model 1. */
  readonly uncertainty: number
}

/** Texts by 48 bits of their hash, white space around them not counted: 1 million of them take some 40 MB. */
export function createSeenTexts(): { isNew(text: ModelText): boolean; has(text: ModelText): boolean } {
  const seen = new Set<number>()
  const key = (text: ModelText): number => {
    const whole = typeof text === 'string' ? text.trim() : joined([text[0].trim(), text[1].trim()])
    return createHash('sha1').update(whole).digest().readUIntBE(0, 6)
  }
  return {
    has: (text) => seen.has(key(text)),
    isNew(text) {
      const before = seen.size
      return seen.add(key(text)).size > before
    },
  }
}

/** Candidates of which so many are kept, however many come. */
export interface Pool {
  add(candidate: Candidate): void
  /** In the order of their rows. */
  kept(): readonly Candidate[]
}

const byRow = (a: Candidate, b: Candidate): number => a.row - b.row

/** Keeps those that a model is least sure of; of equals the earlier rows. */
export function createUncertainPool(most: number): Pool {
  let candidates: Candidate[] = []
  const cut = (): void => {
    candidates.sort((a, b) => b.uncertainty - a.uncertainty || byRow(a, b))
    candidates = candidates.slice(0, most)
  }
  return {
    add(candidate) {
      candidates.push(candidate)
      if (candidates.length >= 2 * most + 1000) cut()
    },
    kept() {
      cut()
      return [...candidates].sort(byRow)
    },
  }
}

/** Keeps a random sample: each that came has the same chance (reservoir sampling, algorithm R; Vitter 1985). */
export function createSamplePool(most: number, random: Random): Pool {
  const candidates: Candidate[] = []
  let came = 0
  return {
    add(candidate) {
      came++
      if (candidates.length < most) candidates.push(candidate)
      else {
        const place = random.below(came)
        if (place < most) candidates[place] = candidate
      }
    },
    kept: () => [...candidates].sort(byRow),
  }
}
