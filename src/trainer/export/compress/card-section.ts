import type { FileMeasure } from '../../../shared/compression.ts'

const TITLE = '## Smaller files'

/**
 * The model card with the table of the folder's files before its section on use; one that stood there is
 * replaced.
 *
 * @param files the untouched fp32 file first
 */
export const withFileTable = (
  card: string,
  files: readonly FileMeasure[],
  rows: number,
  threads: number,
): string => {
  const bare = withoutFileTable(card)
  const use = bare.indexOf('\n## Use\n')
  const at = use < 0 ? bare.length : use + 1
  return `${bare.slice(0, at)}${section(files, rows, threads)}${bare.slice(at)}`
}

export const withoutFileTable = (card: string): string => {
  const start = card.indexOf(`\n${TITLE}\n`)
  if (start < 0) return card
  const end = card.indexOf('\n## ', start + TITLE.length)
  return end < 0 ? card.slice(0, start + 1) : `${card.slice(0, start)}${card.slice(end)}`
}

const section = (files: readonly FileMeasure[], rows: number, threads: number): string => {
  const [first] = files
  const has = (dtype: string): boolean => files.some((file) => file.dtype === dtype)
  const notes = [
    ...(has('int8')
      ? [
          'int8: the matrices are whole numbers of 7 bits, so that every processor computes the same, and the table of tokens is of 8 bits, with a scale of its own for each row. The activations are rounded by the range they have in the batch: the texts beside a text change its probabilities a little.',
        ]
      : []),
    ...(has('fp16')
      ? ['fp16: the weights are stored in half precision; the arithmetic is in single precision.']
      : []),
    ...(files.some(({ trimmed }) => trimmed)
      ? [
          'Trimmed: tokens that the training rows do not use were taken out; words of other texts fall into smaller pieces.',
        ]
      : []),
  ]
  return `${TITLE}

Measured on ${rows} test rows; times on ${threads} processor thread${threads === 1 ? '' : 's'}, in milliseconds a text, tokenising included. The difference is the largest of a probability from the first line.

| file | \`dtype\` | size, MB | of the first | one text at a time | 32 at once | accuracy | difference |
|---|---|---|---|---|---|---|---|
${files
  .map(
    (file) =>
      `| ${nameOf(file)} | ${file.dtype} | ${megabytes(file.bytes)} | ${(file.bytes / (first?.bytes ?? file.bytes)).toFixed(2)} | ${file.ms_single} | ${file.ms_batch} | ${file.accuracy.toFixed(4)} | ${file === first ? '-' : file.difference.toPrecision(2)} |`,
  )
  .join('\n')}

${notes.map((note) => `${note}\n`).join('\n')}
`
}

/** An untrimmed file beside trimmed ones is not in the folder: it is what they are compared with. */
export const nameOf = ({ file, trimmed }: FileMeasure): string => `${file}${trimmed ? ', trimmed' : ''}`

export const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(bytes < 1e7 ? 2 : 1)
