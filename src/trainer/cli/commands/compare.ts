import { existsSync } from 'node:fs'
import { basename, join } from 'node:path'
import { type Run, readChecked } from '../../../run/folder.ts'
import { readNumberPredictions, readPredictions } from '../../../run/predictions.ts'
import { isOptionName } from '../../../shared/config.ts'
import { UserError } from '../../../shared/error.ts'
import {
  RegressionRunEvaluation,
  type RegressionScores,
  RunEvaluation,
  type Scores,
  type TestPrediction,
} from '../../../shared/evaluation.ts'
import { t } from '../../../shared/l10n.ts'
import { chanceText, isDistinguishable, pairedBy } from '../../../shared/mcnemar.ts'
import type { RunRecord } from '../../../shared/run.ts'
import type { Paired } from '../../../shared/trust.ts'
import { predictionDiff } from '../../evaluation/prediction-diff.ts'
import { isWithoutEffect } from '../../ngram/options.ts'
import type { Command } from '../command.ts'
import { EXIT } from '../command.ts'
import { decimal, duration, figure, shorten, table } from '../format.ts'
import { scoreName } from '../names.ts'
import { predictionDiffText } from '../prediction-diff-text.ts'
import { openFinishedRun, wordAt } from '../run-references.ts'
import { print, printJson } from '../standard.ts'

const SCORES = [
  'accuracy',
  'f1_macro',
  'f1_weighted',
  'auc',
  'log_loss',
] as const satisfies readonly (keyof Scores)[]

const NUMBER_SCORES = [
  'rmse',
  'mae',
  'r2',
  'spearman',
  'mse',
] as const satisfies readonly (keyof RegressionScores)[]

export const compare: Command = {
  summary: t`show two finished runs side by side`,
  synopsis: 'RUN RUN',
  about: t`Shows what differs between two finished runs: options, scores on the test rows, and the
F1 of each label, and the rows that the second one mended or broke. Differences are the second
run less the first.`,
  required: ['RUN', 'RUN'],
  optional: [],
  options: {},
  optionHelp: [],
  examples: ['finesse compare 20250102-030405-reviews 20250102-040506-reviews'],
  async run({ words, flags }) {
    const [one, other] = [openFinishedRun(wordAt(words, 0)), openFinishedRun(wordAt(words, 1))]
    const ofNumbers = [one, other].filter(({ record }) => record.data.target !== null)
    if (ofNumbers.length === 1)
      throw new UserError(
        t`${ofNumbers[0]?.path ?? ''} predicts numbers and the other run labels; compare runs of one kind`,
      )
    if (ofNumbers.length === 2) {
      const said = await numberRuns(one, other)
      if (flags.has('json')) await printJson(said.json)
      else await print(said.text)
      return EXIT.done
    }
    const a = finished(one)
    const b = finished(other)
    const options = differingOptions(a.record, b.record)
    const tested = await testedRows(a.path, b.path)
    const paired =
      tested && areSameRows(...tested) ? pairedBy(tested[1].map(isRight), tested[0].map(isRight)) : null
    const classes = classDifferences(a.evaluation, b.evaluation)
    const diff = tested && predictionDiff(...tested)
    if (flags.has('json')) {
      await printJson({
        runs: [a.path, b.path],
        same_test_rows: paired !== null,
        paired,
        options: Object.fromEntries(options),
        test: Object.fromEntries(
          SCORES.map((key) => [key, triple(a.evaluation.test[key], b.evaluation.test[key])]),
        ),
        classes,
        predictions: diff,
      })
      return EXIT.done
    }
    const names = [basename(a.path), basename(b.path)] as const
    const seconds = (run: Run): string => duration(run.record.seconds)
    await print(
      `${[
        table(
          [
            ['', ...names],
            ...options.map(([key, pair]) => [key, ...pair.map(shown)]),
            [t`time`, seconds(a), seconds(b)],
          ],
          [1, 2],
        ),
        table([
          [t`test rows`, ...names, t`difference`],
          ...SCORES.map((key) => row(scoreName(key), triple(a.evaluation.test[key], b.evaluation.test[key]))),
        ]),
        table([
          [t`F1 by label`, ...names, t`difference`],
          ...classes.map(({ label, f1 }) => row(shorten(label, 40), f1)),
        ]),
      ].join(
        '\n',
      )}${diff === null ? '' : predictionDiffText(diff)}${chanceOf(tested !== null, paired, names)}`,
    )
    return EXIT.done
  },
}

interface FinishedRun extends Run {
  readonly evaluation: RunEvaluation
}

/** The same of two runs that predict numbers. */
async function numberRuns(a: Run, b: Run): Promise<{ json: unknown; text: string }> {
  const [first, second] = [a, b].map(
    ({ path }) =>
      readChecked(join(path, 'evaluation.json'), RegressionRunEvaluation, t`the run is damaged`).test,
  )
  if (!first || !second) throw new Error('two evaluations')
  const options = differingOptions(a.record, b.record)
  const sameRows = areSameRows(await readNumberPredictions(a.path), await readNumberPredictions(b.path))
  const names = [basename(a.path), basename(b.path)] as const
  const shownRow = (name: string, values: Triple): string[] => [
    name,
    ...values.map((value, i) => `${i === 2 && value !== null && value >= 0 ? '+' : ''}${figure(value)}`),
  ]
  return {
    json: {
      runs: [a.path, b.path],
      same_test_rows: sameRows,
      options: Object.fromEntries(options),
      test: Object.fromEntries(NUMBER_SCORES.map((key) => [key, triple(first[key], second[key])])),
    },
    text: `${[
      table(
        [
          ['', ...names],
          ...options.map(([key, pair]) => [key, ...pair.map(shown)]),
          [t`time`, duration(a.record.seconds), duration(b.record.seconds)],
        ],
        [1, 2],
      ),
      table([
        [t`test rows`, ...names, t`difference`],
        ...NUMBER_SCORES.map((key) => shownRow(scoreName(key), triple(first[key], second[key]))),
      ]),
    ].join('\n')}${sameRows ? '' : differentRows()}`,
  }
}

const differentRows = (): string =>
  `\n${t`The two runs were tested on different rows: small differences may be chance.`}\n`

function finished(run: Run): FinishedRun {
  const evaluation = readChecked(join(run.path, 'evaluation.json'), RunEvaluation, t`the run is damaged`)
  return { ...run, evaluation }
}

/** What makes two runs differ, decided values where they were left to the rule. */
function differingOptions(a: RunRecord, b: RunRecord): [string, [unknown, unknown]][] {
  // What says how an encoder is trained is no difference to a model that has none of it.
  const decided = { ...a.resolved, ...b.resolved }
  const isEncodersAlone = (key: string): boolean =>
    (isOptionName(key) && isWithoutEffect(key)) || (key !== 'seed' && key in decided)
  const areEncoders = a.base.kind === 'encoder' && b.base.kind === 'encoder'
  const settings = (record: RunRecord): Record<string, unknown> => {
    const { warmup: _, ...options } = record.options
    return {
      file: record.data.train.path,
      'file sha256': record.data.train.sha256.slice(0, 12),
      ...options,
      model: record.base.model,
      ...(record.base.kind === 'encoder' ? { 'model sha256': record.base.sha256.slice(0, 12) } : {}),
      ...record.resolved,
      finesse: record.versions.finesse,
      platform: record.versions.platform,
      threads: record.versions.threads,
    }
  }
  const first = settings(a)
  const second = settings(b)
  const keys = [...new Set([...Object.keys(first), ...Object.keys(second)])]
  return keys
    .filter((key) => first[key] !== second[key] && (areEncoders || !isEncodersAlone(key)))
    .map((key) => [key, [first[key] ?? null, second[key] ?? null]])
}

/** A test row, as far as it is not the model's answer. */
type TestRow = Pick<TestPrediction, 'text' | 'text_pair'> & {
  readonly label?: string
  readonly target?: number
}

/** Whether two runs were tested on the same rows, in the same order: by their texts and labels, wherever they lie. */
const areSameRows = (first: readonly TestRow[], second: readonly TestRow[]): boolean =>
  first.length === second.length &&
  first.every((row, i) => {
    const other = second[i]
    return (
      row.text === other?.text &&
      row.text_pair === other.text_pair &&
      row.label === other.label &&
      row.target === other.target
    )
  })

const isRight = ({ label, predicted }: TestPrediction): boolean => label === predicted

/** The test rows of both; null where one has them no more. */
const testedRows = async (
  first: string,
  second: string,
): Promise<readonly [readonly TestPrediction[], readonly TestPrediction[]] | null> =>
  [first, second].every((run) => existsSync(join(run, 'predictions.jsonl')))
    ? [await readPredictions(first), await readPredictions(second)]
    : null

const chanceOf = (isKnown: boolean, paired: Paired | null, names: readonly [string, string]): string => {
  if (paired) return `\n${pairedSentence(paired, names)}\n`
  return isKnown ? differentRows() : ''
}

/** Of the second run against the first, row by row. */
const pairedSentence = ({ better, worse, p }: Paired, [first, second]: readonly [string, string]): string => {
  const rows = t`Test rows that one run alone has right: ${better} ${second}, ${worse} ${first}.`
  if (isDistinguishable({ better, worse, p }))
    return t`${rows} Chance alone would seldom make such a difference (McNemar, ${chanceText(p)}).`
  return t`${rows} The two are not distinguishable on these rows (McNemar, ${chanceText(p)}).`
}

type Triple = [first: number | null, second: number | null, difference: number | null]

const triple = (first: number | null, second: number | null): Triple => [
  first,
  second,
  first === null || second === null ? null : second - first,
]

function classDifferences(a: RunEvaluation, b: RunEvaluation): { label: string; f1: Triple }[] {
  const f1 = ({ test }: RunEvaluation, label: string): number | null =>
    test.classes.find((scores) => scores.label === label)?.f1 ?? null
  return [...new Set([...a.labels, ...b.labels])].map((label) => ({
    label,
    f1: triple(f1(a, label), f1(b, label)),
  }))
}

const row = (name: string, [first, second, difference]: Triple): string[] => [
  name,
  decimal(first),
  decimal(second),
  difference === null ? '-' : `${difference >= 0 ? '+' : ''}${difference.toFixed(4)}`,
]

const shown = (value: unknown): string => (value === null ? '-' : shorten(String(value), 40))
