import { join } from 'node:path'
import type { DoneEvent, ProgressEvent, RunEvent } from '../../shared/events.ts'
import { EXIT, type Exit } from './command.ts'
import { count, duration, scoresTable } from './format.ts'
import { createReporter } from './output.ts'
import { callAgain, fromHere, interruptible, print, printJson } from './standard.ts'

/** How a run ended. */
export type Ending =
  | { readonly kind: 'done'; readonly done: DoneEvent; readonly run: string }
  | { readonly kind: 'interrupted'; readonly run: string }

/** Trains, tells how it goes, and shows how it ended. */
export async function report(
  json: boolean,
  work: (tell: (event: RunEvent | ProgressEvent) => void, stop: AbortSignal) => Promise<Ending>,
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
  else await print(summary(ending.done, run))
  return EXIT.done
}

function summary({ before, test, seconds, train_seconds, peak_rss_mb }: DoneEvent, run: string): string {
  return `
${scoresTable([
  ['before: majority class', before.majority],
  ['before: n-gram model', before.ngram],
  ['before: linear probe', before.probe],
  ['after:  fine-tuned', test],
])}
Run    ${run}
Model  ${join(run, 'model')}
Took   ${duration(seconds)}, of which training ${duration(train_seconds)}; peak memory ${count(Math.round(peak_rss_mb), 'MB', 'MB')}
Next   ${callAgain('predict', run)}
`
}
