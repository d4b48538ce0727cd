import { openRun } from '../../run/folder.ts'
import { type Command, EXIT } from '../command.ts'
import { report } from '../report.ts'
import { wordAt } from '../run-references.ts'
import { callAgain, fromHere } from '../standard.ts'

export const resume: Command = {
  summary: 'go on with a run that was interrupted',
  synopsis: 'RUN',
  about: `Goes on from the last checkpoint of RUN with the options it was started with, to the
same end. RUN is the run's folder, or the beginning of its name in .finesse/runs.`,
  required: ['RUN'],
  optional: [],
  options: {},
  optionHelp: [],
  examples: ['finesse resume .finesse/runs/20250102-030405-reviews', 'finesse resume reviews'],
  async run({ words, flags }) {
    const { path, record } = openRun(wordAt(words, 0))
    if (record.status === 'done') {
      const run = fromHere(path)
      process.stderr.write(`${run} is finished. Use it with: ${callAgain('predict', run)}\n`)
      return EXIT.done
    }
    const trainer = await import('../../training/train.ts')
    return report(flags.has('json'), (tell, stop) => trainer.resume(path, tell, stop))
  },
}
