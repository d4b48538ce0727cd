import { ALL_STEPS, CLEAN_WORDS, type Step } from '../../shared/clean-steps.ts'
import { UserError } from '../../shared/error.ts'
import { t } from '../../shared/l10n.ts'
import { chosenNames } from '../../shared/word-list.ts'
import { nearest } from '../nearest.ts'

/** The steps that a text of the option `clean` asks for, in the order in which they are done. */
export const chooseSteps = (asked: string): readonly Step[] => {
  const chosen = chosenNames(CLEAN_WORDS, asked)
  if ('unknown' in chosen) throw unknown(chosen.unknown, asked)
  return chosen
}

const unknown = (word: string, asked: string): UserError => {
  const near = nearest(word.replaceAll('-', '_'), [...ALL_STEPS, 'default', 'none', 'all'])
  const hint =
    near === null ? t`steps are ${ALL_STEPS.join(', ')}, or default, all, none` : t`did you mean ${near}?`
  return new UserError(t`Cleaning ${asked}: no step "${word}"; ${hint}`, 'usage')
}
