import type { WantedColumns } from '../../data/columns.ts'
import type { Examples } from '../../data/examples.ts'
import { checkExamples, checkRows, isNoLabel } from '../../data/labels.ts'
import { looksNumeric } from '../../data/numbers.ts'
import { together } from '../../data/several.ts'
import { UserError } from '../../shared/error.ts'
import { t } from '../../shared/l10n.ts'
import { readFile } from '../training/prepare.ts'

/** The labelled rows of files of the same columns, with what a person should know of how they were read. */
export async function readRows(
  [first = '', ...more]: readonly string[],
  wanted: WantedColumns,
): Promise<{ examples: Examples; notes: readonly string[] }> {
  const main = await readFile(first, wanted)
  const files = [main]
  for (const path of more) files.push(await readFile(path, main.columns, first))
  const examples = together(files.map(({ data }) => data))
  checkRows(examples)
  refuseNumbers(examples)
  checkExamples(examples)
  const { found } = main.columns
  return { examples, notes: [...(found === null ? [] : [found]), ...files.flatMap(({ notes }) => notes)] }
}

function refuseNumbers({ path, columns, examples }: Examples): void {
  const values = [...new Set(examples.map(({ label }) => label))]
  if (isNoLabel(values.length, examples.length) && looksNumeric(values))
    throw new UserError(
      t`${path}: column "${columns.label}" has numbers; label errors are found among labels alone, so choose a column of labels`,
    )
}
