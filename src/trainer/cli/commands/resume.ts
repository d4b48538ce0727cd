import { openRun } from '../../../run/folder.ts'
import { keepAwake } from '../../../run/keep-awake.ts'
import { takeLowPriority } from '../../../run/low-priority.ts'
import { findSeries } from '../../../run/series.ts'
import { t } from '../../../shared/l10n.ts'
import { type Command, EXIT } from '../command.ts'
import { report } from '../report.ts'
import { reportSeries } from '../report-series.ts'
import { wordAt } from '../run-references.ts'
import { callAgain, fromHere } from '../standard.ts'

export const resume: Command = {
  summary: t`go on with a run that was interrupted`,
  synopsis: 'RUN [--force] [--keep-awake] [--queue]',
  about: t`Goes on from the last checkpoint of RUN with the options it was started with, to the
same end. RUN is the run's folder, or the beginning of its name in .finesse/runs. Where
machine, data or base model are not those that it began with, it is refused; --force
goes on all the same, to another end.`,
  required: ['RUN'],
  optional: [],
  options: { force: 'flag', keep_awake: 'flag', queue: 'flag' },
  optionHelp: [
    ['--force', t`go on on another machine, with other data or another base model`],
    ['--keep-awake', t`keep the machine from falling asleep meanwhile`],
    ['--queue', t`wait until no other training runs on this machine`],
  ],
  examples: ['finesse resume .finesse/runs/20250102-030405-reviews', 'finesse resume reviews'],
  async run({ words, flags }) {
    takeLowPriority()
    if (flags.has('keep_awake')) await keepAwake()
    const queue = flags.has('queue')
    const series = findSeries(wordAt(words, 0))
    if (series !== null) {
      const { resumeSeries } = await import('../../training/series.ts')
      return reportSeries(flags.has('json'), (tell, stop) => resumeSeries(series.path, tell, stop, { queue }))
    }
    const { path, record } = openRun(wordAt(words, 0))
    if (record.status === 'done') {
      const run = fromHere(path)
      process.stderr.write(`${t`${run} is finished. Use it with: ${callAgain('predict', run)}`}\n`)
      return EXIT.done
    }
    const trainer = await import('../../training/train.ts')
    return report(flags.has('json'), (tell, stop) =>
      trainer.resume(path, tell, stop, { force: flags.has('force'), queue }),
    )
  },
}
