import type { Random } from '../random.ts'

const KEYBOARD = ['qwertyuiop', 'asdfghjkl', 'zxcvbnm'] as const

/** The keys beside each letter of a QWERTY keyboard, those of the row above and below shifted by half a key. */
const NEIGHBOURS: ReadonlyMap<string, readonly string[]> = new Map(
  KEYBOARD.flatMap((row, r) =>
    [...row].map((letter, i) => {
      const above = KEYBOARD[r - 1] ?? ''
      const below = KEYBOARD[r + 1] ?? ''
      const around = [row[i - 1], row[i + 1], above[i], above[i + 1], below[i - 1], below[i]]
      return [letter, around.flatMap((key) => key ?? [])] as const
    }),
  ),
)

/** Only letters, three or more, of an alphabet: a Chinese character is not typed letter by letter. */
export const canMistype = (word: string): boolean => /^[\p{Ll}\p{Lu}]{3,}$/u.test(word)

/** One slip of the fingers: a neighbouring key, two letters in the wrong order, one left out, one typed twice. */
export const mistype = (word: string, random: Random): string => {
  const letters = [...word]
  const at = random.below(letters.length)
  const letter = letters[at] ?? ''
  const keys = NEIGHBOURS.get(letter.toLowerCase())
  const slips: readonly (() => string[])[] = [
    () => letters.toSpliced(at, 1),
    () => letters.toSpliced(at, 0, letter),
    ...(at + 1 < letters.length ? [() => letters.toSpliced(at, 2, letters[at + 1] ?? '', letter)] : []),
    ...(keys
      ? [
          () => {
            const key = keys[random.below(keys.length)] ?? letter
            return letters.toSpliced(at, 1, letter === letter.toLowerCase() ? key : key.toUpperCase())
          },
        ]
      : []),
  ]
  return (slips[random.below(slips.length)]?.() ?? letters).join('')
}
