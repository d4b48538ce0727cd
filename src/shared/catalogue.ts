import { t } from './l10n.ts'

/** A pretrained model that a person can choose without knowing any. */
export interface CatalogueModel {
  /** What the option `model` is set to. */
  readonly model: string
  readonly name: string
  readonly language: 'en' | 'zh' | 'many' | 'any'
  /** Of the download, in MB; null: nothing is downloaded. */
  readonly megabytes: number | null
  /** null: none applies. */
  readonly licence: string | null
  readonly layers: number
  readonly goodFor: string
}

/**
 * Models for texts. All that are downloaded are BERT encoders that transformers.js's own exporter wrote: the
 * architecture and the operators that the tests train on all-MiniLM-L6-v2. Sizes are those of four bytes a weight.
 */
export const catalogue = (): readonly CatalogueModel[] => [
  {
    model: 'embedded',
    name: t`Embedded model`,
    language: 'en',
    megabytes: null,
    licence: 'Apache-2.0',
    layers: 0,
    goodFor: t`English. It comes with Finesse, trains in seconds and answers in a millisecond; begin with it.`,
  },
  {
    model: 'ngram',
    name: t`N-gram model`,
    language: 'any',
    megabytes: null,
    licence: null,
    layers: 0,
    goodFor: t`Any language. Words and groups of letters, no pretrained model: trains in seconds, labels only.`,
  },
  {
    model: 'Xenova/all-MiniLM-L6-v2',
    name: 'all-MiniLM-L6-v2',
    language: 'en',
    megabytes: 90,
    licence: 'Apache-2.0',
    layers: 6,
    goodFor: t`English, with more knowledge of the language than the embedded model; slower to train by far.`,
  },
  {
    model: 'Xenova/bge-small-en-v1.5',
    name: 'bge-small-en-v1.5',
    language: 'en',
    megabytes: 133,
    licence: 'MIT',
    layers: 12,
    goodFor: t`English, deeper than all-MiniLM-L6-v2 and about twice the work.`,
  },
  {
    model: 'Xenova/bge-small-zh-v1.5',
    name: 'bge-small-zh-v1.5',
    language: 'zh',
    megabytes: 96,
    licence: 'MIT',
    layers: 4,
    goodFor: t`Chinese.`,
  },
  {
    model: 'Xenova/paraphrase-multilingual-MiniLM-L12-v2',
    name: 'paraphrase-multilingual-MiniLM-L12-v2',
    language: 'many',
    megabytes: 470,
    licence: 'Apache-2.0',
    layers: 12,
    goodFor: t`About 50 languages, also mixed in one file. Most of its size is the vocabulary.`,
  },
  {
    model: 'Xenova/multilingual-e5-small',
    name: 'multilingual-e5-small',
    language: 'many',
    megabytes: 470,
    licence: 'MIT',
    layers: 12,
    goodFor: t`About 100 languages, also mixed in one file. Most of its size is the vocabulary.`,
  },
]
