import { UserError } from '../../shared/error.ts'
import { t } from '../../shared/l10n.ts'
import { nearest } from '../nearest.ts'
import { ALL_STEPS, isStep, STEPS, type Step } from './steps.ts'

/**
 * The steps that a word of the option `clean` asks for, in the order in which they are done. The word is a list
 * with commas: `default`, `all`, `none`, names of steps, and `no-NAME`, read from left to right (`default,html`,
 * `default,no-whitespace`).
 */
export const chooseSteps = (asked: string): readonly Step[] => {
  const chosen = new Set<Step>()
  for (const word of asked.split(',')) {
    const name = word.trim().toLowerCase().replaceAll('-', '_')
    if (name === 'none') chosen.clear()
    else if (name === 'all') for (const step of ALL_STEPS) chosen.add(step)
    else if (name === 'default') {
      for (const step of ALL_STEPS) if (STEPS[step].usual) chosen.add(step)
    } else if (isStep(name)) chosen.add(name)
    else if (name.startsWith('no_') && isStep(name.slice(3))) chosen.delete(name.slice(3) as Step)
    else throw unknown(word.trim(), asked)
  }
  return ALL_STEPS.filter((step) => chosen.has(step))
}

const unknown = (word: string, asked: string): UserError => {
  const near = nearest(word.replaceAll('-', '_'), [...ALL_STEPS, 'default', 'none', 'all'])
  const hint =
    near === null ? t`steps are ${ALL_STEPS.join(', ')}, or default, all, none` : t`did you mean ${near}?`
  return new UserError(t`Cleaning ${asked}: no step "${word}"; ${hint}`, 'usage')
}
