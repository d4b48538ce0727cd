import { t } from '../../shared/l10n.ts'

/** A score as a person calls it; those that everybody calls by their letters as they are. */
export function scoreName(key: string): string {
  switch (key) {
    case 'accuracy':
      return t`accuracy`
    case 'f1_macro':
      return t`F1 macro`
    case 'f1_weighted':
      return t`F1 weighted`
    case 'auc':
      return 'AUC'
    case 'log_loss':
      return t`log loss`
    case 'spearman':
      return 'Spearman'
    default:
      return key.toUpperCase()
  }
}

/** A simpler model by its key in `before`: in a table, and in a sentence. */
export function beforeName(key: string): { row: string; model: string } {
  switch (key) {
    case 'majority':
      return { row: t`before: majority class`, model: t`majority class` }
    case 'mean':
      return { row: t`before: mean of the rows`, model: t`mean of the rows` }
    case 'ngram':
      return { row: t`before: n-gram model`, model: t`n-gram model` }
    case 'probe':
      return { row: t`before: linear probe`, model: t`linear probe` }
    default:
      return { row: key, model: key }
  }
}

/** The trained model: n-gram where nothing simpler of that kind stands beside it. */
export const afterName = (tuned: boolean): { row: string; model: string } =>
  tuned
    ? { row: t`after:  fine-tuned`, model: t`fine-tuned model` }
    : { row: t`after:  n-gram model`, model: t`n-gram model` }
