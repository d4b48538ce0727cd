import { atomicWrite, systemReason } from '../../../data/atomic-write.ts'
import type { ModelText } from '../../../data/model-text.ts'
import { delimitedRecord } from '../../../data/write-table.ts'
import { UserError } from '../../../shared/error.ts'
import { t } from '../../../shared/l10n.ts'
import type { Candidate } from '../../selection/pool.ts'
import type { Selection } from '../../selection/select.ts'
import type { Command } from '../command.ts'
import { EXIT } from '../command.ts'
import { shorten, table } from '../format.ts'
import { openModel, wordAt } from '../run-references.ts'
import { print, printJson } from '../standard.ts'
import { isBlank, openEachText } from '../texts.ts'

const COUNT = 20
const MOST = 10_000
/** Texts that a model is asked about at once. */
const BATCH = 256

export const select: Command = {
  summary: t`choose the texts worth labelling next`,
  synopsis: 'FILE [--model RUN|MODEL] [--count N] [--labelled FILE] [-o FILE]',
  about: t`Chooses from the texts of FILE (a text a line, or a column of a table) those whose labels
would teach a model most: texts that the model is unsure of, and that differ from one another.
Without a model, texts that differ. Texts that have a label already in the files of the run
are left out, and what comes again. The label that the model suggests is a guess: look first.`,
  required: ['FILE'],
  optional: [],
  options: {
    model: 'value',
    count: 'value',
    seed: 'value',
    labelled: 'value',
    text: 'value',
    text_pair: 'value',
    out: 'value',
  },
  optionHelp: [
    ['--model RUN|MODEL', t`a finished run, or a folder that finesse export made`],
    ['--count N', t`how many texts (${COUNT})`],
    ['--seed N', t`another choice of equal worth (0)`],
    ['--labelled FILE', t`a further file of labelled texts, which are left out`],
    ['--text COL', t`column of the texts (else the one trained on, else found)`],
    ['--text-pair COL', t`column of the second texts, for a model of pairs (else the one trained on)`],
    ['-o, --out FILE', t`write them as CSV: row, text, suggested_label, probability`],
  ],
  examples: [
    'finesse select unlabelled.csv --model reviews',
    'finesse select unlabelled.txt --count 50 -o to-label.csv',
  ],
  async run({ words, values, flags }) {
    const file = wordAt(words, 0)
    const count = wholeNumber('--count', values.get('count') ?? String(COUNT), 1, MOST)
    const seed = wholeNumber('--seed', values.get('seed') ?? '0', 0, Number.MAX_SAFE_INTEGER)
    const reference = values.get('model') ?? null
    const named = reference === null ? null : openModel(reference)
    const { openPredictor } = await import('../../prediction/predict.ts')
    const { labelledTexts } = await import('../../selection/labelled-texts.ts')
    const { selectTexts } = await import('../../selection/select.ts')
    const predictor = named && (await openPredictor(named.folder))
    try {
      if (predictor?.task === 'regress')
        throw new UserError(
          t`${reference ?? ''}: this model predicts numbers; what to label next is chosen by the probabilities of labels`,
        )
      const record = named?.run?.record ?? null
      const [text, pair] = predictor?.pair ?? [record?.data.text ?? null, null]
      const asked = { text: values.get('text') ?? null, pair: values.get('text_pair') ?? null }
      const isPaired = predictor ? predictor.pair !== null : asked.pair !== null
      const each = await openEachText(file, asked, { text, pair }, isPaired)
      const labelled = await labelledTexts(record, values.get('labelled') ?? null, {
        text: record?.data.text ?? each.column,
        pair: pair ?? asked.pair,
        label: record?.data.label ?? 'label',
      })
      const selection = await selectTexts(numbered(each.texts), {
        count,
        seed,
        predictor,
        isLabelled: labelled.has,
        progress: showProgress(),
      })
      if (flags.has('json')) await printJson(asJson(selection))
      for (const line of said(file, each.found, labelled.gone, selection)) process.stderr.write(`${line}\n`)
      const out = values.get('out')
      if (out !== undefined) write(out, selection.chosen)
      else if (!flags.has('json')) await print(asTable(selection.chosen))
    } finally {
      await predictor?.close()
    }
    return EXIT.done
  },
}

/** In batches, with their places from 1. */
async function* numbered(
  texts: AsyncIterable<ModelText | null>,
): AsyncGenerator<readonly { readonly row: number; readonly text: ModelText }[]> {
  let batch: { row: number; text: ModelText }[] = []
  let row = 0
  for await (const text of texts) {
    if (text === null) continue
    row++
    if (!isBlank(text)) batch.push({ row, text })
    if (batch.length < BATCH) continue
    yield batch
    batch = []
  }
  yield batch
}

function wholeNumber(option: string, written: string, least: number, most: number): number {
  const number = Number(written)
  if (/^\d+$/.test(written) && number >= least && number <= most) return number
  throw new UserError(t`${option} ${written}: a whole number from ${least} to ${most} is wanted`, 'usage')
}

/** On a terminal: a file of 100,000 texts takes a minute. */
function showProgress(): (read: number) => void {
  if (!process.stderr.isTTY) return () => undefined
  let shown = performance.now()
  return (read) => {
    if (performance.now() - shown < 200) return
    shown = performance.now()
    process.stderr.write(`\r${t`${read} texts read`}\r`)
  }
}

function said(
  file: string,
  found: string | null,
  gone: readonly string[],
  { chosen, pool, labelled, repeated }: Selection,
): readonly string[] {
  return [
    ...(found === null ? [] : [found]),
    ...gone.map((path) => t`${path} is gone, so its texts may be chosen again.`),
    t`${file}: ${chosen.length} of ${pool} texts chosen; left out: ${labelled} that have a label, ${repeated} that come again.`,
  ]
}

const shown = (text: ModelText): string => (typeof text === 'string' ? text : text.join(' | '))
const probabilityOf = ({ suggestion }: Candidate): string => suggestion?.probability.toFixed(4) ?? ''

function asTable(chosen: readonly Candidate[]): string {
  if (chosen.length === 0) return ''
  const hasModel = chosen.some(({ suggestion }) => suggestion !== null)
  const rows = chosen.map((candidate) => [
    String(candidate.row),
    ...(hasModel ? [shorten(candidate.suggestion?.label ?? '', 30), probabilityOf(candidate)] : []),
    shorten(shown(candidate.text), 80),
  ])
  const head = [t`row`, ...(hasModel ? [t`suggested`, t`probability`] : []), t`text`]
  return table([head, ...rows], hasModel ? [1, 3] : [1])
}

/** The suggestion's column is not called label: it is none, and a training would take it for one. */
function write(path: string, chosen: readonly Candidate[]): void {
  const isPaired = chosen.some(({ text }) => typeof text !== 'string')
  const head = ['row', 'text', ...(isPaired ? ['text_pair'] : []), 'suggested_label', 'probability']
  const records = chosen.map((candidate) => {
    const { row, text, suggestion } = candidate
    const texts = typeof text === 'string' ? [text] : [...text]
    return [String(row), ...texts, suggestion?.label ?? '', probabilityOf(candidate)]
  })
  try {
    atomicWrite(path, [head, ...records].map((cells) => delimitedRecord(cells, ',')).join(''))
  } catch (error) {
    const reason = systemReason(error)
    throw reason === null ? error : new UserError(t`${path} could not be written: ${reason}`)
  }
}

const asJson = ({ chosen, pool, labelled, repeated }: Selection) => ({
  pool,
  labelled,
  repeated,
  texts: chosen.map(({ row, text, suggestion }) => ({
    row,
    ...(typeof text === 'string' ? { text } : { text: text[0], text_pair: text[1] }),
    label: suggestion?.label ?? null,
    probability: suggestion?.probability ?? null,
  })),
})
