import * as v from 'valibot'

/** The groups that options are shown in, in this order, with their headings. */
export const OPTION_GROUPS = {
  data: 'Data',
  model: 'Model',
  training: 'Training',
  optimiser: 'Optimiser',
  loss: 'Loss',
  regularisation: 'Against overfitting',
  validation: 'Choosing the best weights',
  machine: 'Machine and run',
} as const
export type OptionGroup = keyof typeof OPTION_GROUPS

const isGroup = (name: string): name is OptionGroup => Object.hasOwn(OPTION_GROUPS, name)

export const GROUPS: readonly OptionGroup[] = Object.keys(OPTION_GROUPS).filter(isGroup)

/** What a person is told of an option, wherever: in help, in the editor's form, in docs/options.md. */
export type OptionAbout = {
  readonly group: OptionGroup
  /** Shown by `finesse train --help`; the others by `finesse options`. */
  readonly main?: true
  /** Stands for the value in help: `N`, `FILE`. */
  readonly value: string
  /** What it does, in a few words without a full stop: one line of help (60 characters or so). */
  readonly short: string
  /** What its value may be, as the end of "must be ...". */
  readonly allowed: string
  /** What it does, in one sentence. */
  readonly meaning: string
  /** Why the default is what it is; of `auto`, the rule as well. */
  readonly reason: string
}

/** The schema of an option: what may be said, what holds where nothing is, and what a person is told. */
export const option = <
  const TSchema extends v.GenericSchema,
  const TDefault extends v.Default<TSchema, undefined>,
>(
  schema: TSchema,
  fallback: TDefault,
  about: OptionAbout,
) => v.pipe(v.optional(schema, fallback), v.metadata(about))
