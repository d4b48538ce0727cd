import { atomicWrite, systemReason } from '../../../data/atomic-write.ts'
import { expandFiles } from '../../../data/glob.ts'
import { rowCount } from '../../../shared/counts.ts'
import { UserError } from '../../../shared/error.ts'
import { t } from '../../../shared/l10n.ts'
import type { Suspect } from '../../../shared/suspect.ts'
import type { LabelErrors } from '../../label-errors/find.ts'
import { type Command, EXIT } from '../command.ts'
import { duration, shorten, table } from '../format.ts'
import { createReporter } from '../output.ts'
import { progressOf } from '../progress.ts'
import { print } from '../standard.ts'

const SHOWN = 20

export const labelErrors: Command = {
  summary: t`find rows whose label may be wrong`,
  synopsis: 'FILE... [--text COL] [--label COL] [--model ID|FOLDER|RUN] [-o FILE]',
  about: t`Finds the rows of FILE whose label is probably wrong, by confident learning: models trained
on four fifths of the rows say how probable each label is for the others. Shows the most
doubtful ones with the label that they should rather have. Changes nothing.`,
  required: ['FILE'],
  optional: [],
  rest: true,
  options: {
    text: 'value',
    text_pair: 'value',
    label: 'value',
    group: 'value',
    model: 'value',
    out: 'value',
  },
  optionHelp: [
    ['--text COL', t`column of the texts (else found)`],
    ['--text-pair COL', t`column of a second text`],
    ['--label COL', t`column of the labels (else found)`],
    ['--group COL', t`column of groups whose rows are judged by rows of other groups`],
    ['--model ID|FOLDER|RUN', t`model whose embeddings are used (the embedded one); ngram: none`],
    ['-o, --out FILE', t`write all of them to FILE, as lines of JSON`],
  ],
  examples: [
    'finesse label-errors reviews.csv',
    'finesse label-errors reviews.csv --model sentence-transformers/all-MiniLM-L6-v2 -o doubtful.jsonl',
  ],
  async run({ words, values, flags }) {
    const { findLabelErrors } = await import('../../label-errors/find.ts')
    const wanted = {
      text: values.get('text') ?? null,
      pair: values.get('text_pair') ?? null,
      label: values.get('label') ?? null,
      group: values.get('group') ?? null,
    }
    const reporter = createReporter({ json: false, stdout: process.stdout, stderr: process.stderr })
    const found = await findLabelErrors(
      expandFiles(words),
      wanted,
      values.get('model') ?? 'embedded',
      progressOf(reporter),
    ).finally(reporter.close)
    const out = values.get('out')
    if (out !== undefined) write(out, found)
    await print(flags.has('json') ? jsonLines(found) : report(found, out ?? null))
    return EXIT.done
  },
}

const jsonLines = ({ counts, suspects }: LabelErrors): string =>
  [counts, ...suspects].map((line) => `${JSON.stringify(line)}\n`).join('')

function write(out: string, found: LabelErrors): void {
  try {
    atomicWrite(out, jsonLines(found))
  } catch (error) {
    const reason = systemReason(error)
    if (reason === null || error instanceof UserError) throw error
    throw new UserError(t`-o ${out}: cannot be written: ${reason}`)
  }
}

function report({ counts, suspects, notes }: LabelErrors, out: string | null): string {
  const { rows, model, wrong_share: share, seconds } = counts
  const parts = notes.map((note) => `${note}\n`)
  const judged = t`${rowCount(rows)} judged by ${model} in ${duration(seconds)}.`
  if (suspects.length === 0) parts.push(`${judged}\n${t`No label is doubtful.`}\n`)
  else {
    const percent = (100 * share).toFixed(1)
    parts.push(
      `${judged}\n${t`About ${percent} % of the labels may be wrong: ${rowCount(suspects.length)}.`}\n`,
    )
    parts.push(suspectTable(suspects.slice(0, SHOWN)))
  }
  const more = suspects.length - SHOWN
  if (out !== null) parts.push(`${t`${out}: ${rowCount(suspects.length)} written.`}\n`)
  else if (more > 0) parts.push(`${t`And ${more} more; -o FILE writes all of them.`}\n`)
  return parts.join('\n')
}

const suspectTable = (suspects: readonly Suspect[]): string =>
  table(
    [
      [t`row`, t`given`, t`suggested`, t`probability`, t`text`],
      ...suspects.map((suspect) => [
        suspect.file === undefined ? String(suspect.row) : `${suspect.file}:${suspect.row}`,
        shorten(suspect.given, 24),
        shorten(suspect.suggested, 24),
        suspect.probability.toFixed(2),
        shorten(
          suspect.text_pair === undefined ? suspect.text : `${suspect.text} | ${suspect.text_pair}`,
          60,
        ),
      ]),
    ],
    [1, 2, 4],
  )
