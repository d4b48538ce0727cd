import { join, resolve } from 'node:path'
import { atomicWrite, systemReason } from '../../../data/atomic-write.ts'
import { UserError } from '../../../shared/error.ts'
import { t } from '../../../shared/l10n.ts'
import { type Command, EXIT } from '../command.ts'
import { openFinishedRun, wordAt } from '../run-references.ts'
import { runReport } from '../run-report.ts'
import { fromHere, print, printJson } from '../standard.ts'

export const report: Command = {
  summary: t`show the report of a finished run again, or as a page`,
  synopsis: 'RUN [--html] [--out FILE]',
  about: t`Prints what came out of RUN, from its folder. --html writes it as report.html into that
folder, --out as a page of another name: one file that any browser opens and prints.
A run that ends has written that page already.`,
  required: ['RUN'],
  optional: [],
  options: { html: 'flag', out: 'value' },
  optionHelp: [
    ['--html', t`write report.html into the run's folder`],
    ['-o, --out FILE', t`write the page to FILE`],
  ],
  examples: ['finesse report reviews', 'finesse report reviews --out reviews.html'],
  async run({ words, values, flags }) {
    const run = openFinishedRun(wordAt(words, 0))
    const { readFacts } = await import('../../report/facts.ts')
    const facts = await readFacts(run.path, run.record)
    const out = values.get('out')
    if (out === undefined && !flags.has('html')) {
      if (flags.has('json')) await printJson({ run: run.path, evaluation: facts.evaluation })
      else await print(runReport(facts))
      return EXIT.done
    }
    const { reportPage } = await import('../../report/page.ts')
    const file = out === undefined ? join(run.path, 'report.html') : resolve(out)
    writePage(file, reportPage(facts))
    if (flags.has('json')) await printJson({ run: run.path, report: file })
    else await print(`${t`The report is in ${fromHere(file)}`}\n`)
    return EXIT.done
  },
}

const writePage = (file: string, page: string): void => {
  try {
    atomicWrite(file, page)
  } catch (error) {
    const reason = systemReason(error)
    if (reason === null) throw error
    throw new UserError(t`${file}: cannot be written: ${reason}; name another file`)
  }
}
