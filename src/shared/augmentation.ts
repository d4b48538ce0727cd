import type { WordList } from './word-list.ts'

/** The ways in which a copy of a training row is changed, with what a person is told. */
export const WAYS = {
  deletion: 'words are left out',
  swap: 'words change places with the next',
  duplication: 'words are written twice',
  synonym: 'words become others of the list of synonyms',
  typo: 'letters are mistyped, as on a keyboard',
  case: 'words change between capital and small letters',
} as const

export type Way = keyof typeof WAYS
const isWay = (name: string): name is Way => Object.hasOwn(WAYS, name)
export const ALL_WAYS: readonly Way[] = Object.keys(WAYS).filter(isWay)

/** The words of the option `augment`. Synonyms need a list, so `all` is without them. */
export const WAY_WORDS: WordList<Way> = {
  names: ALL_WAYS,
  all: ALL_WAYS.filter((way) => way !== 'synonym'),
  usual: null,
}
