import type { OptionName } from '../../src/shared/config.ts'
import { t } from '../../src/shared/l10n.ts'

/** A value that can be chosen for an option, as a form says it; one that is a word already is itself. */
export const valueWords = (name: OptionName, value: string): string =>
  value === 'auto' ? t`Automatic` : (wordsOf(name)[value] ?? value)

function wordsOf(name: OptionName): Readonly<Record<string, string>> {
  switch (name) {
    case 'device':
      return { cpu: t`Processor`, webgpu: t`Graphics processor (WebGPU)` }
    case 'optimiser':
      return { adamw: 'AdamW', adam: 'Adam', sgd: t`SGD with momentum` }
    case 'schedule':
      return { linear: t`A line`, cosine: t`A cosine`, constant: t`Constant` }
    case 'embeddings':
      return { frozen: t`Left as they are`, touched: t`Trained where a batch uses them` }
    case 'pooling':
      return { mean: t`Mean of the tokens`, cls: t`First token`, last: t`Last token` }
    case 'long':
      return {
        truncate: t`Their beginning`,
        'head+tail': t`Beginning and end`,
        windows: t`All, in windows`,
      }
    case 'near_duplicates':
      return {
        together: t`In one part of the split`,
        keep: t`Divided as they fall`,
        drop: t`In one part, and out of training where the test has them`,
      }
    case 'class_weights':
      return { none: t`All rows count the same`, balanced: t`Rare labels count more` }
    case 'metric':
      return {
        accuracy: t`Accuracy`,
        f1_macro: t`F1 macro`,
        log_loss: t`Log loss`,
        mse: 'MSE',
        mae: 'MAE',
        r2: 'R²',
        spearman: 'Spearman',
      }
    default:
      return {}
  }
}
