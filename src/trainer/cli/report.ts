import { join } from 'node:path'
import { comparisonSentence } from '../../shared/comparison.ts'
import type { TaskBefore, TaskScores } from '../../shared/evaluation.ts'
import { numberComparisonSentence } from '../../shared/number-comparison.ts'
import type { Report } from '../training/journal.ts'
import type { Ending } from '../training/train.ts'
import { EXIT, type Exit } from './command.ts'
import { count, duration, scoresTable } from './format.ts'
import { createReporter } from './output.ts'
import { callAgain, fromHere, interruptible, print, printJson } from './standard.ts'

/** Trains, tells how it goes, and shows how it ended. */
export async function report(
  json: boolean,
  work: (tell: Report, stop: AbortSignal) => Promise<Ending>,
): Promise<Exit> {
  const reporter = createReporter({ json, stdout: process.stdout, stderr: process.stderr })
  let ending: Ending
  try {
    ending = await interruptible(reporter.say, (stop) => work(reporter.event, stop))
  } finally {
    reporter.close()
  }
  const run = fromHere(ending.run)
  if (ending.kind === 'interrupted') {
    reporter.say(`Interrupted and saved. Go on with: ${callAgain('resume', run)}`)
    return EXIT.interrupted
  }
  if (json) await printJson(ending.done)
  else await print(summary(ending, run))
  return EXIT.done
}

const compared = (before: TaskBefore, test: TaskScores, rows: number): string => {
  if ('mean' in before && 'mse' in test) return numberComparisonSentence(before, test, rows)
  if ('majority' in before && 'accuracy' in test) return comparisonSentence(before, test, rows)
  throw new Error('scores of two tasks')
}

function summary({ done, testRows }: Extract<Ending, { kind: 'done' }>, run: string): string {
  const { before, test, advice, seconds, train_seconds, peak_rss_mb } = done
  return `
${scoresTable([
  'mean' in before ? ['before: mean of the rows', before.mean] : ['before: majority class', before.majority],
  ...(before.ngram ? [['before: n-gram model', before.ngram] as const] : []),
  ...(before.probe ? [['before: linear probe', before.probe] as const] : []),
  [before.ngram ? 'after:  fine-tuned' : 'after:  n-gram model', test],
])}${[compared(before, test, testRows), ...advice].join('\n')}

Run    ${run}
Model  ${join(run, 'model')}
Took   ${duration(seconds)}, of which training ${duration(train_seconds)}; peak memory ${count(Math.round(peak_rss_mb), 'MB', 'MB')}
Next   ${callAgain('predict', run)}
`
}
