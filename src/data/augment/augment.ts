import { ALL_WAYS, WAY_WORDS, type Way } from '../../shared/augmentation.ts'
import type { RunOptions } from '../../shared/config.ts'
import { UserError } from '../../shared/error.ts'
import { t } from '../../shared/l10n.ts'
import { chosenNames } from '../../shared/word-list.ts'
import type { Example } from '../examples.ts'
import { nearest } from '../nearest.ts'
import { createRandom, type Random } from '../random.ts'
import { readSynonyms } from './synonyms.ts'
import { type Means, vary } from './ways.ts'

export interface Augmentation extends Means {
  readonly ways: readonly Way[]
  /** Rows added for each row. */
  readonly rows: number
  readonly seed: number
}

/** The ways that a text of the option `augment` asks for. */
export const chooseWays = (asked: string): readonly Way[] => {
  const chosen = chosenNames(WAY_WORDS, asked)
  if ('unknown' in chosen) throw unknown(chosen.unknown, asked)
  return chosen
}

const unknown = (word: string, asked: string): UserError => {
  const near = nearest(word, [...ALL_WAYS, 'none', 'all'])
  const hint = near === null ? t`there are ${ALL_WAYS.join(', ')}, or none, all` : t`did you mean ${near}?`
  return new UserError(t`Augmentation ${asked}: there is no "${word}"; ${hint}`, 'usage')
}

/** The augmentation that a run asks for. */
export const openAugmentation = async (
  options: Pick<RunOptions, 'augment' | 'augment_rows' | 'augment_share' | 'augment_synonyms' | 'seed'>,
): Promise<Augmentation> => {
  const { augment: asked, augment_rows: rows, augment_share: share, augment_synonyms: list, seed } = options
  const ways = chooseWays(asked)
  if (ways.includes('synonym') && list === null)
    throw new UserError(
      t`Augmentation ${asked}: synonym needs a list of words that mean the same; name its file`,
      'usage',
    )
  if (!ways.includes('synonym') && list !== null)
    throw new UserError(
      t`${list}: a list of synonyms is for the augmentation synonym; add that, or leave the list out`,
      'usage',
    )
  return { ways, rows, share, seed, synonyms: list === null ? new Map() : await readSynonyms(list) }
}

/**
 * Rows to be trained on beside those given: copies of them with a few words changed, each in one way, drawn by the
 * seed, its row and its number. A copy has the row, label, group and file of its origin. None is equal to its origin
 * or to another copy of it, so that there may be fewer than asked for. In a row of two texts one of them is changed.
 */
export const augment = (examples: readonly Example[], augmentation: Augmentation): Example[] => {
  const { ways, rows, seed } = augmentation
  if (ways.length === 0) return []
  return examples.flatMap((example, i) => {
    const copies = Math.floor((i + 1) * rows) - Math.floor(i * rows)
    const seen = new Set([keyOf(example)])
    const made: Example[] = []
    for (let copy = 0; copy < copies; copy++) {
      const random = createRandom(seed, `augment ${example.file ?? 1} ${example.row} ${copy}`)
      for (const way of random.shuffle([...ways])) {
        const varied = varyExample(example, way, augmentation, random)
        if (seen.has(keyOf(varied))) continue
        seen.add(keyOf(varied))
        made.push(varied)
        break
      }
    }
    return made
  })
}

const keyOf = ({ text, pair }: Example): string => JSON.stringify([text, pair ?? null])

const varyExample = (example: Example, way: Way, means: Means, random: Random): Example => {
  const { text, pair } = example
  if (pair !== undefined && random.below(2) === 1) return { ...example, pair: vary(pair, way, means, random) }
  return { ...example, text: vary(text, way, means, random) }
}
