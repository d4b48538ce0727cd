import { UserError } from '../shared/error.ts'
import { t } from '../shared/l10n.ts'
import type { Table } from './table.ts'

export const PARTS = ['train', 'valid', 'test'] as const
export type Part = (typeof PARTS)[number]

/** How files name the parts, in lower case. */
const NAMES: ReadonlyMap<string, Part> = new Map(
  (
    [
      ['train', ['train', 'training', 'trn', '训练', '训练集', '訓練', '訓練集']],
      [
        'valid',
        [
          'valid',
          'validation',
          'val',
          'dev',
          'development',
          '验证',
          '验证集',
          '驗證',
          '驗證集',
          '开发',
          '开发集',
        ],
      ],
      ['test', ['test', 'testing', 'tst', '测试', '测试集', '測試', '測試集']],
    ] as const
  ).flatMap(([part, names]) => names.map((name) => [name, part] as const)),
)

/** The part that a cell of a split column names; null: none. */
export const partOf = (cell: string): Part | null => NAMES.get(cell.trim().toLowerCase()) ?? null

/** As `partOf`, and a UserError that names the row where the cell is no part. */
export function readPart(cell: string, path: string, row: number, column: string): Part {
  const part = partOf(cell)
  if (part !== null) return part
  const written = cell.trim().slice(0, 40)
  throw new UserError(
    written === ''
      ? t`${path} row ${row}: column "${column}" says nothing; it must say train, valid or test of every row`
      : t`${path} row ${row}: column "${column}" says "${written}"; it must say train, valid or test of every row`,
  )
}

const LOOKED_AT = 1000

/** The name of a column that is called split and holds nothing but parts; null where there is none. */
export async function findSplitColumn(table: Table): Promise<string | null> {
  const at = table.columns.findIndex((name) => name.toLowerCase() === 'split')
  if (at < 0) return null
  const parts = new Set<Part>()
  for await (const { row, cells } of table.rows()) {
    if (row > LOOKED_AT) break
    const part = partOf(cells[at] ?? '')
    if (part === null) return null
    parts.add(part)
  }
  return parts.size > 1 ? (table.columns[at] ?? null) : null
}
