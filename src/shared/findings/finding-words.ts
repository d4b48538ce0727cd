import { t } from '../l10n.ts'
import type { Finding } from '../trust.ts'

/** A finding by its name. */
export const findingName = (rule: Finding['rule']): string => {
  switch (rule) {
    case 'over-fitting':
      return t`Over-fitting`
    case 'under-fitting':
      return t`Under-fitting`
    case 'rate-too-high':
      return t`Learning rate too high`
    case 'dead-head':
      return t`Dead head`
    case 'imbalance':
      return t`Unequal labels`
    case 'too-little-data':
      return t`Too little data`
    case 'label-noise':
      return t`Doubtful labels`
  }
}

/** What was seen and what may mend it, in a sentence or two; the options that may are not named. */
export const findingSentence = ({ rule, figures, change }: Finding): string => {
  const figure = (name: string): number => figures[name] ?? Number.NaN
  const loss = (name: string): string => figure(name).toFixed(2)
  const percent = (name: string): string => `${Math.round(100 * figure(name))} %`
  switch (rule) {
    case 'rate-too-high':
      if ('first_loss' in figures)
        return t`The training loss was ${loss('first_loss')} at the first step and ${loss('train_loss')} on average in the first epoch, and no epoch was as good as the untouched model: steps at a rate of ${String(figure('lr'))} throw away what the model knew.`
      return t`The training loss rose to ${loss('train_loss')}, where knowing nothing gives ${loss('unlearnt_loss')}: steps at a rate of ${String(figure('lr'))} throw away what the model knew.`
    case 'dead-head':
      return t`In the end the trained head said the same label of every validation row.`
    case 'over-fitting':
      return figure('best_epoch') < figure('epoch')
        ? t`The validation loss was ${loss('best_valid_loss')} after epoch ${figure('best_epoch')} and is ${loss('valid_loss')} after epoch ${figure('epoch')}, which is kept: the model learns its rows by heart and grows too sure.`
        : t`The training rows are known by heart, and on the validation rows the loss of ${loss('valid_loss')} is worse than knowing nothing: probabilities are far too sure.`
    case 'under-fitting':
      return 'lr' in change
        ? t`At a rate of ${String(figure('lr'))} nothing moved: the training loss stays at ${loss('train_loss')}.`
        : t`Training ended after ${figure('steps')} steps while there was more to learn: the training loss is ${loss('train_loss')}.`
    case 'imbalance':
      return t`Rare labels are found seldom: ${percent('recall')} of their rows, and ${percent('recall_others')} of the others'. They have ${figure('rows')} of ${figure('of_rows')} training rows.`
    case 'too-little-data':
      return t`${figure('rows')} training rows for ${figure('labels')} labels, and ${figure('held')} to check with, are too few to learn from or to judge by. Label more rows.`
    case 'label-noise':
      return t`Of the ${figure('surest')} rows that a simple model is surest of, ${figure('otherwise')} are labelled otherwise: labels may be wrong, or not follow from the texts. Look through the most certain mistakes.`
  }
}

/** The options to change, as `lr 0.0005, metric log_loss`; null where options do not mend it. */
export const changeText = ({ change }: Pick<Finding, 'change'>): string | null => {
  const parts = Object.entries(change).map(([name, value]) => `${name} ${value}`)
  return parts.length === 0 ? null : parts.join(', ')
}
