import { openEdits } from '../../../src/data/edit/open-edits.ts'
import { openTable } from '../../../src/data/table.ts'

/** Writes a label into each row of a file that has not got it yet, from the first to the last, and names each when it is done. */
const [path = '', rows = ''] = process.argv.slice(2)
const table = await openTable(path)
const numbers = Array.from({ length: Number(rows) }, (_, i) => i + 1)
const session = await openEdits(table, 'label', new Set(numbers))
const left = numbers.filter((row) => session.cells.get(row)?.[1] !== 'ham')
for (const row of left) {
  await session.change(row, { label: 'ham' })
  console.log(row)
}
