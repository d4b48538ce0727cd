/** Characters (UTF-16 units) of a text that are compared: what follows tells little more, and costs as much. */
export const COMPARED_CHARACTERS = 10_000

const ASCII = /^[\x20-\x7e]*$/
const BLANKS = /[\s\p{Cf}]+/gu

/**
 * A text as it is compared: without differences of case, of width (NFKC) and of blanks, and of a long one the
 * beginning. Language-independent: no words are sought, nothing is left out but blanks and characters that are not seen.
 */
export function normalised(text: string): string {
  const read = text.length > COMPARED_CHARACTERS ? text.slice(0, COMPARED_CHARACTERS) : text
  const plain = ASCII.test(read) ? read.toLowerCase() : read.normalize('NFKC').toLowerCase()
  return plain.replace(BLANKS, ' ').trim()
}
