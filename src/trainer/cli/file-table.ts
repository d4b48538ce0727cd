import type { FileMeasure } from '../../shared/compression.ts'
import { t } from '../../shared/l10n.ts'
import { decimal, table } from './format.ts'

/** The files of a model side by side, the untouched fp32 file first. */
export function fileTable(files: readonly FileMeasure[]): string {
  const [first] = files
  return table([
    ['', 'MB', t`of fp32`, t`ms a text`, t`32 at once`, t`accuracy`, t`difference`],
    ...files.map((file) => [
      nameOf(file),
      (file.bytes / 1e6).toFixed(1),
      (file.bytes / (first?.bytes ?? file.bytes)).toFixed(2),
      String(file.ms_single),
      String(file.ms_batch),
      decimal(file.accuracy),
      file === first ? '-' : file.difference.toPrecision(2),
    ]),
  ])
}

const nameOf = ({ file, trimmed }: FileMeasure): string => {
  const name = file.replace(/^onnx\//, '')
  return trimmed ? t`${name}, trimmed` : name
}
