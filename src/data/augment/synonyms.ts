import { UserError } from '../../shared/error.ts'
import { t } from '../../shared/l10n.ts'
import { readText } from '../decode.ts'
import { createLineSplitter, type Line } from '../lines.ts'

/** Of a word in lower case the words that mean the same. */
export type Synonyms = ReadonlyMap<string, readonly string[]>

/**
 * Reads a list of synonyms: a group of words that mean the same in each line, with commas or tabs between them. Empty
 * lines and those that begin with # are passed over. A word of several groups has the synonyms of all.
 */
export const readSynonyms = async (path: string): Promise<Synonyms> => {
  const groups: string[][] = []
  const take = ({ line, text }: Line): void => {
    if (text.trim() === '' || text.trimStart().startsWith('#')) return
    const words = text
      .split(/[,\t\uff0c\u3001]/)
      .map((word) => word.trim())
      .filter((word) => word !== '')
    if (words.length < 2)
      throw new UserError(
        t`${path} line ${line}: one word alone; write words that mean the same in a line, as in: film, movie`,
      )
    groups.push(words)
  }
  const splitter = createLineSplitter()
  let first = true
  for await (const piece of readText(path)) {
    const text = first && piece.startsWith('\ufeff') ? piece.slice(1) : piece
    first = false
    for (const line of splitter.push(text)) take(line)
  }
  for (const line of splitter.end()) take(line)
  if (groups.length === 0)
    throw new UserError(
      t`${path} holds no words; write words that mean the same in a line, as in: film, movie`,
    )
  const synonyms = new Map<string, string[]>()
  for (const group of groups)
    for (const word of group) {
      const key = word.toLowerCase()
      const known = synonyms.get(key) ?? []
      for (const other of group) if (other.toLowerCase() !== key && !known.includes(other)) known.push(other)
      synonyms.set(key, known)
    }
  return synonyms
}
