import type { RunEvent } from '../../shared/events.ts'
import { t } from '../../shared/l10n.ts'
import type { SeriesDoneEvent, SeriesRunEvent } from '../../shared/series.ts'
import type { SeriesEnding, SeriesReport } from '../training/series.ts'
import { EXIT, type Exit } from './command.ts'
import { createReporter, type Reporter } from './output.ts'
import { runName, seriesText } from './series-table.ts'
import { callAgain, fromHere, interruptible, print, printJson } from './standard.ts'

/** Trains a series of runs, tells how each goes, and shows all of them at the end. */
export async function reportSeries(
  json: boolean,
  work: (report: SeriesReport, stop: AbortSignal) => Promise<SeriesEnding>,
): Promise<Exit> {
  const open = (): Reporter => createReporter({ json, stdout: process.stdout, stderr: process.stderr })
  let reporter = open()
  // Most of what is found in the data and chosen is the same for every run: it is said once.
  const said = new Set<string>()
  const isNews = (event: RunEvent): boolean => {
    if (json || (event.event !== 'note' && event.event !== 'warning')) return true
    if (said.has(event.message)) return false
    said.add(event.message)
    return true
  }
  // A run has begun when its data and model are known to be sound: until then nothing is said.
  let heading: (() => void) | null = null
  const report: SeriesReport = {
    run: (event) => {
      if (event.event !== 'progress') {
        heading?.()
        heading = null
      }
      if (
        event.event === 'progress' ||
        event.event === 'started' ||
        event.event === 'waiting' ||
        isNews(event)
      )
        reporter.event(event)
    },
    begin: ({ seed, fold }, number, of) => {
      const event: SeriesRunEvent = { event: 'run', number, of, seed, fold }
      heading = () => {
        if (json) process.stdout.write(`${JSON.stringify(event)}\n`)
        else reporter.say(t`Run ${number} of ${of}: ${runName({ seed, fold }, 2)}`)
      }
    },
    end: (_, ending) => {
      reporter.close()
      reporter = open()
      if (json && ending) process.stdout.write(`${JSON.stringify(ending.done)}\n`)
    },
  }
  let ending: SeriesEnding
  try {
    ending = await interruptible(
      (line) => reporter.say(line),
      (stop) => work(report, stop),
    )
  } finally {
    reporter.close()
  }
  const series = fromHere(ending.series)
  if (ending.kind === 'interrupted') {
    reporter.say(t`Interrupted and saved. Go on with: ${callAgain('resume', series)}`)
    return EXIT.interrupted
  }
  const { record, summary } = ending
  if (json) {
    const done: SeriesDoneEvent = { event: 'series', series: ending.series, runs: record.runs, summary }
    await printJson(done)
  } else await print(`\n${seriesText(record.runs, summary)}\n${t`Runs   ${series}`}\n`)
  return EXIT.done
}
