import { t } from '../l10n.ts'

/** Of what letters a script is told, by its ISO 15924 code; what is none of them is `Zyyy`. */
const SCRIPTS = [
  ['Latn', /\p{Script=Latin}/gu],
  ['Jpan', /[\p{Script=Hiragana}\p{Script=Katakana}]/gu],
  ['Hani', /\p{Script=Han}/gu],
  ['Kore', /\p{Script=Hangul}/gu],
  ['Cyrl', /\p{Script=Cyrillic}/gu],
  ['Arab', /\p{Script=Arabic}/gu],
  ['Hebr', /\p{Script=Hebrew}/gu],
  ['Grek', /\p{Script=Greek}/gu],
  ['Thai', /\p{Script=Thai}/gu],
  ['Deva', /\p{Script=Devanagari}/gu],
] as const

const OTHER = 'Zyyy'

/** The script that most letters of a text are in; Han letters beside some Japanese ones are Japanese. */
export const scriptOf = (text: string): string => {
  const counts = new Map<string, number>(
    SCRIPTS.map(([code, letters]) => [code, text.match(letters)?.length ?? 0]),
  )
  if ((counts.get('Jpan') ?? 0) > 0) {
    counts.set('Jpan', (counts.get('Jpan') ?? 0) + (counts.get('Hani') ?? 0))
    counts.set('Hani', 0)
  }
  const [most] = [...counts].sort(([, a], [, b]) => b - a)
  return most === undefined || most[1] === 0 ? OTHER : most[0]
}

/** A script in words. */
export const scriptName = (code: string): string => {
  switch (code) {
    case 'Latn':
      return t`Latin letters`
    case 'Jpan':
      return t`Japanese`
    case 'Hani':
      return t`Chinese characters`
    case 'Kore':
      return t`Korean`
    case 'Cyrl':
      return t`Cyrillic letters`
    case 'Arab':
      return t`Arabic letters`
    case 'Hebr':
      return t`Hebrew letters`
    case 'Grek':
      return t`Greek letters`
    case 'Thai':
      return t`Thai letters`
    case 'Deva':
      return t`Devanagari`
    default:
      return t`other letters, or none`
  }
}
