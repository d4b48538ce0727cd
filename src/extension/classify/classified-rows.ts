import { delimitedRecord } from '../../data/write-table.ts'
import type { ClassifiedRow } from '../../shared/classified-page.ts'
import { isUnsure, type Prediction } from './prediction.ts'

/** A row of the table, with the text whole. */
export function classifiedRow(
  line: number,
  text: string,
  prediction: Prediction,
  threshold: number | undefined,
): ClassifiedRow {
  if (prediction.task === 'regress')
    return { line, text, label: prediction.name, probability: null, value: prediction.value, unsure: false }
  const [best] = prediction.ranked
  return {
    line,
    text,
    label: best?.label ?? '',
    probability: best?.probability ?? 0,
    value: null,
    unsure: isUnsure(prediction, threshold),
  }
}

/** The rows as CSV: a header that other tools can rely on, in no language. */
export function classifiedCsv(rows: readonly ClassifiedRow[]): string {
  const isOfNumbers = rows.some(({ value }) => value !== null)
  const header = isOfNumbers ? ['line', 'value', 'text'] : ['line', 'label', 'probability', 'text']
  const records = rows.map(({ line, text, label, probability, value }) =>
    isOfNumbers
      ? [String(line), String(value ?? ''), text]
      : [String(line), label, (probability ?? 0).toFixed(4), text],
  )
  return [header, ...records].map((cells) => delimitedRecord(cells, ',')).join('')
}

const LONGEST_SHOWN = 500

/** As the page shows it: one line, and no novel. */
export const shownRow = (row: ClassifiedRow): ClassifiedRow => ({
  ...row,
  text: row.text.slice(0, LONGEST_SHOWN).replaceAll(/\s+/g, ' '),
})
