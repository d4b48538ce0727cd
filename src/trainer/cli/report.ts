import { join } from 'node:path'
import * as v from 'valibot'
import { readChecked } from '../../run/folder.ts'
import { RegressionRunEvaluation, RunEvaluation } from '../../shared/evaluation.ts'
import { t } from '../../shared/l10n.ts'
import type { Report } from '../training/journal.ts'
import type { Ending } from '../training/train.ts'
import { EXIT, type Exit } from './command.ts'
import { compared } from './compared.ts'
import { duration } from './format.ts'
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
    reporter.say(t`Interrupted and saved. Go on with: ${callAgain('resume', run)}`)
    return EXIT.interrupted
  }
  if (json) await printJson(ending.done)
  else await print(summary(ending, run))
  return EXIT.done
}

function summary({ done, run: path }: Extract<Ending, { kind: 'done' }>, run: string): string {
  const { advice, seconds, train_seconds, peak_rss_mb } = done
  const evaluation = readChecked(
    join(path, 'evaluation.json'),
    v.variant('schema', [RunEvaluation, RegressionRunEvaluation]),
    t`the run was not evaluated`,
  )
  return `
${[compared(evaluation), ...advice].join('\n')}

${t`Run    ${run}`}
${t`Model  ${join(run, 'model')}`}
${t`Report ${join(run, 'report.html')}`}
${t`Took   ${duration(seconds)}, of which training ${duration(train_seconds)}; peak memory ${Math.round(peak_rss_mb)} MB`}
${t`Next   ${callAgain('predict', run)}`}
`
}
