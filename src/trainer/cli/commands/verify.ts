import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { takeLowPriority } from '../../../run/low-priority.ts'
import { UserError } from '../../../shared/error.ts'
import { t } from '../../../shared/l10n.ts'
import type { Verification } from '../../verification/verify.ts'
import { type Command, EXIT } from '../command.ts'
import { createReporter } from '../output.ts'
import { openFinishedRun, wordAt } from '../run-references.ts'
import { interruptible, print, printJson } from '../standard.ts'
import { verificationText } from '../verification-text.ts'

export const verify: Command = {
  summary: t`train a run again and say whether the same comes out`,
  synopsis: 'RUN [--out FOLDER] [--threads N]',
  about: t`Compares the files that RUN was trained on with their hashes, trains it again with the
options and threads that it had, and compares what comes out with RUN's receipt. Exit
code 0: the same, bit for bit. 3: files changed, or something else comes out; it says how
far off and what was otherwise. On the processor equal threads give equal bits.`,
  required: ['RUN'],
  optional: [],
  options: { out: 'value', threads: 'value' },
  optionHelp: [
    ['-o, --out FOLDER', t`keep the run that is trained, in FOLDER (else it goes)`],
    ['--threads N', t`train with so many threads instead`],
  ],
  examples: ['finesse verify reviews', 'finesse verify reviews --out again'],
  async run({ words, values, flags }) {
    const { path, record } = openFinishedRun(wordAt(words, 0))
    const threads = threadsFrom(values.get('threads'))
    takeLowPriority()
    const module = await import('../../verification/verify.ts')
    const kept = values.get('out')
    const out = kept ?? mkdtempSync(join(tmpdir(), 'finesse-verify-'))
    const reporter = createReporter({ json: false, stdout: process.stdout, stderr: process.stderr })
    let found: Verification
    try {
      found = await interruptible(reporter.say, (stop) =>
        module.verify({ path, record, out, threads }, reporter.event, stop),
      )
    } finally {
      reporter.close()
      if (kept === undefined) rmSync(out, { recursive: true, force: true })
    }
    if (flags.has('json')) await printJson({ run: path, ...found })
    else await print(verificationText(found))
    if (found.verdict === 'interrupted') return EXIT.interrupted
    return found.verdict === 'same' && found.tampered.length === 0 ? EXIT.done : EXIT.changed
  },
}

const threadsFrom = (given: string | undefined): number | null => {
  if (given === undefined) return null
  const threads = Number(given)
  if (Number.isInteger(threads) && threads > 0) return threads
  throw new UserError(t`--threads ${given}: must be a whole number of 1 or more`, 'usage')
}
