/** Scripts that are written without a space between words. */
const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u

const WORDS =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]+|(?:(?![\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}])[\p{L}\p{M}\p{N}'’])+/gu

/** The words of a text in lower case; of scripts without spaces each pair of letters that follow each other. */
export const wordsOf = (text: string): readonly string[] =>
  (text.toLowerCase().match(WORDS) ?? []).flatMap((run) => {
    if (!UNSPACED.test(run)) return run.replaceAll('’', "'").replace(/^'+|'+$/g, '') || []
    const letters = [...run]
    return letters.length === 1 ? run : letters.slice(1).map((letter, i) => `${letters[i]}${letter}`)
  })

/** How long a text is in words; of scripts without spaces a letter is one. */
export const lengthOf = (text: string): number =>
  (text.match(WORDS) ?? []).reduce((sum, run) => sum + (UNSPACED.test(run) ? [...run].length : 1), 0)
