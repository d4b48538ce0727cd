import { expandFiles } from '../../../data/glob.ts'
import { OPTION_NAMES } from '../../../shared/config.ts'
import { t } from '../../../shared/l10n.ts'
import {
  gainSentence,
  type LearningCurve,
  learnerName,
  verdictSentence,
} from '../../../shared/learning-curve.ts'
import { accepts } from '../../../shared/option-text.ts'
import { type Command, EXIT } from '../command.ts'
import { decimal, table } from '../format.ts'
import { optionHelp, resolveOptions } from '../options.ts'
import { createReporter } from '../output.ts'
import { progressOf } from '../progress.ts'
import { interruptible, print, printJson } from '../standard.ts'

export const learningCurveCommand: Command = {
  summary: t`say whether more labels would help`,
  synopsis: t`FILE... [options]`,
  about: t`Trains a linear probe on the base model (or, with --model ngram, the n-gram model) on 10,
25, 50 and 100 % of the training rows, and measures each on the same validation rows. Says
whether twice the labels would help, as far as the last doubling tells. Nothing is kept,
and the test rows are left out.`,
  required: ['FILE'],
  optional: [],
  rest: true,
  options: {
    ...Object.fromEntries(
      OPTION_NAMES.map((key) => [key, accepts(key, true) ? ('flag' as const) : ('value' as const)]),
    ),
    config: 'value',
    set: 'many',
  },
  optionHelp: [
    ...optionHelp(['text', 'label', 'model', 'valid', 'seed']),
    ['--config FILE', t`JSON file of options, as {"epochs": 3}`],
    ['--set key=value', t`an option by its name in such a file; may be repeated`],
  ],
  examples: ['finesse learning-curve reviews.csv', 'finesse learning-curve reviews.csv --model ngram'],
  async run({ words, values, many, flags }) {
    const options = resolveOptions({
      flags: new Map([...values, ...[...flags].map((name) => [name, 'true'] as const)]),
      set: many.get('set') ?? [],
      config: values.get('config') ?? null,
    })
    const { learningCurve } = await import('../../learning-curve/learning-curve.ts')
    const { Stopped } = await import('../../training/step/rows.ts')
    const reporter = createReporter({ json: false, stdout: process.stdout, stderr: process.stderr })
    try {
      const curve = await interruptible(reporter.say, (stop) =>
        learningCurve(expandFiles(words), options, progressOf(reporter), stop),
      )
      reporter.close()
      if (flags.has('json')) await printJson(curve)
      else await print(learningCurveText(curve))
      return EXIT.done
    } catch (error) {
      if (error instanceof Stopped) return EXIT.interrupted
      throw error
    } finally {
      reporter.close()
    }
  },
}

/** The curve as a table, and what it says of more labels. */
export const learningCurveText = (curve: LearningCurve): string =>
  `${learnerName(curve)}\n${table([
    ['', t`rows`, t`accuracy`, t`least`, t`most`, t`F1 macro`, t`log loss`],
    ...curve.points.map(({ share, rows, accuracy, accuracy_range: [least, most], f1_macro, log_loss }) => [
      `${Math.round(100 * share)} %`,
      String(rows),
      decimal(accuracy),
      decimal(least),
      decimal(most),
      decimal(f1_macro),
      decimal(log_loss),
    ]),
  ])}\n${gainSentence(curve)}\n${verdictSentence(curve)}\n`
