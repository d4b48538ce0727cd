import type { Table } from './table.ts'

/** What columns are called whose rows belong together, without a number or `id` behind it. */
const NAMES: ReadonlySet<string> = new Set([
  'group',
  'author',
  'user',
  'username',
  'patient',
  'subject',
  'participant',
  'speaker',
  'customer',
  'client',
  'account',
  'writer',
  'reviewer',
  'sender',
  'document',
  'doc',
  'article',
  'session',
  'conversation',
  'dialogue',
  'dialog',
  'thread',
  'ticket',
  'case',
  'product',
  '组',
  '分组',
  '作者',
  '用户',
  '患者',
  '病人',
  '说话人',
  '客户',
  '文档',
  '会话',
  '对话',
])

const LOOKED_AT = 1000
/** Rows a value has on average, from which on it is a group; and values, below which it is a category. */
const LEAST_ROWS = 1.5
const LEAST_VALUES = 5

/**
 * The name of a column that looks like one of groups (an author, a patient, a document): it is called so, and its values
 * come again, but are more than a few. null where there is none. Judged by the first 1,000 rows, and meant to miss rather
 * than to name a wrong one.
 *
 * @param taken columns that have another purpose
 */
export async function findGroupColumn(
  table: Table,
  taken: readonly (string | null)[],
): Promise<string | null> {
  const candidates = table.columns.flatMap((name, at) =>
    NAMES.has(plainName(name)) && !taken.includes(name)
      ? [{ name, at, values: new Set<string>(), rows: 0 }]
      : [],
  )
  if (candidates.length === 0) return null
  for await (const { row, cells } of table.rows()) {
    if (row > LOOKED_AT) break
    for (const candidate of candidates) {
      const value = (cells[candidate.at] ?? '').trim()
      if (value === '') continue
      candidate.values.add(value)
      candidate.rows++
    }
  }
  const found = candidates.find(
    ({ values, rows }) => values.size >= LEAST_VALUES && rows >= LEAST_ROWS * values.size,
  )
  return found?.name ?? null
}

/** `User ID`, `user_id` and `userId` are all `user`. */
const plainName = (name: string): string =>
  name
    .trim()
    .replace(/([a-z])(I[dD])$/, '$1_$2')
    .toLowerCase()
    .replace(/[\s_-]*(id|ids|号|编号)$/, '')
