import type { UnitKind } from './setting.ts'

/** A piece of a document that is classified on its own: where it stands, and what the model reads. */
export interface Unit {
  readonly start: number
  /** Behind its last character. */
  readonly end: number
  readonly text: string
}

/** The units of prose, in their order; blank ones are none. */
export function unitsOf(text: string, kind: Exclude<UnitKind, 'column'>): Unit[] {
  switch (kind) {
    case 'line':
      return pieces(text, /[^\r\n]+/g)
    case 'paragraph':
      return paragraphs(text)
    case 'sentence':
      return paragraphs(text).flatMap(({ start, text: paragraph }) =>
        sentencesOf(paragraph).map((unit) => ({
          ...unit,
          start: start + unit.start,
          end: start + unit.end,
        })),
      )
  }
}

/** Lines up to a blank one; a line break inside is a space to the model. */
const paragraphs = (text: string): Unit[] =>
  pieces(text, /(?:[^\r\n]*\S[^\r\n]*(?:\r\n|\r|\n|$))+/g).map((unit) => ({
    ...unit,
    text: unit.text.replaceAll(/[\r\n]/g, ' '),
  }))

/** Each match without the white space around it. */
function pieces(text: string, pattern: RegExp): Unit[] {
  const units: Unit[] = []
  for (const { index, 0: found } of text.matchAll(pattern)) {
    const trimmed = found.trim()
    if (trimmed === '') continue
    const start = index + found.length - found.trimStart().length
    units.push({ start, end: start + trimmed.length, text: trimmed })
  }
  return units
}

const segmenter = new Intl.Segmenter(undefined, { granularity: 'sentence' })
const REMEMBERED = 5000
const remembered = new Map<string, readonly Unit[]>()

/** Segmenting is by far the slowest step, and most paragraphs are as they were when a key was last pressed. */
function sentencesOf(paragraph: string): readonly Unit[] {
  const known = remembered.get(paragraph)
  if (known !== undefined) return known
  const units = [...segmenter.segment(paragraph)].flatMap(({ index, segment }) => {
    const text = segment.trim()
    if (text === '') return []
    const start = index + segment.length - segment.trimStart().length
    return [{ start, end: start + text.length, text }]
  })
  if (remembered.size >= REMEMBERED) remembered.clear()
  remembered.set(paragraph, units)
  return units
}
