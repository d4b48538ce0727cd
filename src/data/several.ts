import { t } from '../shared/l10n.ts'
import type { Examples, Rows } from './examples.ts'

/** The rows of several files of the same columns as one, each row knowing its file. One file stays as it is. */
export function together(files: readonly Examples[]): Examples {
  const [first, ...others] = files
  if (first === undefined) throw new Error('no files')
  if (others.length === 0) return first
  const sum = (of: (file: Examples) => Rows): Rows => ({
    count: files.reduce((total, file) => total + of(file).count, 0),
    // Row numbers of different files would be mistaken for each other.
    rows: [],
  })
  return {
    ...first,
    path:
      others.length === 1
        ? t`${first.path} and ${others.length} more file`
        : t`${first.path} and ${others.length} more files`,
    rows: files.reduce((total, { rows }) => total + rows, 0),
    examples: files.flatMap(({ examples }, i) => examples.map((example) => ({ ...example, file: i + 1 }))),
    emptyTexts: sum((file) => file.emptyTexts),
    missingLabels: sum((file) => file.missingLabels),
    shortRows: sum((file) => file.shortRows),
    longRows: sum((file) => file.longRows),
    strayQuotes: sum((file) => file.strayQuotes),
  }
}
