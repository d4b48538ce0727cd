import { stat } from 'node:fs/promises'
import { setImmediate as turn } from 'node:timers/promises'
import { type Columns, chooseColumns } from '../../data/columns.ts'
import { fileError, findEncoding } from '../../data/decode.ts'
import { findGroupColumn } from '../../data/group-column.ts'
import { inTurns } from '../../data/near/in-turns.ts'
import { createNearLook, type NearLook } from '../../data/near/look.ts'
import { profile } from '../../data/profile.ts'
import { openTable, type Row, type Table } from '../../data/table.ts'
import { UserError } from '../../shared/error.ts'
import { t } from '../../shared/l10n.ts'
import type { Roles, ShownRow } from '../../shared/page.ts'
import type { Profile } from '../../shared/profile.ts'
import { EDITOR_BYTES } from './editor-bytes.ts'
import { createRowStore, type RowStore } from './row-store.ts'
import type { FromDataWorker, ToReader } from './worker-messages.ts'

/** Rows that are shown before anything else of the file is known. */
const FIRST_ROWS = 200
/** Of a larger file the encoding is first judged by this beginning, and by all of it in the pass. */
const JUDGED_BYTES = 2 ** 20
const LONGEST_CELL = 2000
const PROGRESS_MS = 100
/** Rows in which near duplicates are looked for: seconds. */
const COMPARED_ROWS = 2 ** 17
/** Readers of packed files may not wait for anything in between, and requests would starve. */
const TURN_ROWS = 500

export const NO_ROLES: Roles = { text: null, label: null, text_pair: null, group: null, split_column: null }

interface Opened {
  readonly path: string
  readonly bytes: number
  table: Table
  columns: Columns | null
  /** Made with the pass. */
  store: RowStore | null
  head: readonly Row[]
  /** Whether all rows are in the store. */
  isWhole: boolean
}

/**
 * Reads one data file at a time for a page: its first rows at once, then in one pass where its rows are and what they
 * hold. Answers by `post` alone.
 */
export function createReader(post: (message: FromDataWorker) => void): {
  take(message: ToReader): Promise<void>
  close(): Promise<void>
} {
  let opened: Opened | null = null
  /** What runs for an older number is void. */
  let generation = 0
  let wanted: { first: number; count: number } | null = null
  let isReading = false

  const tell = (error: unknown): void => {
    const known = opened === null ? error : fileError(opened.path, error)
    if (!(known instanceof UserError)) throw known
    const line = /\bline (\d+)/.exec(known.message)?.[1]
    post({ type: 'data-problem', message: known.message, line: line === undefined ? null : Number(line) })
  }

  const open = async (path: string, roles: Roles | null, numbers: boolean): Promise<void> => {
    const mine = ++generation
    await opened?.store?.close()
    opened = null
    try {
      const { size } = await stat(path).catch((error: unknown) => {
        throw fileError(path, error)
      })
      const table = await openTable(path, { encodingBytes: JUDGED_BYTES })
      if (mine !== generation) return
      const file: Opened = { path, bytes: size, table, columns: null, store: null, head: [], isWhole: false }
      opened = file
      await showHead(file)
      await setRoles(file, roles, numbers, mine)
    } catch (error) {
      if (mine === generation) tell(error)
    }
  }

  const showHead = async (file: Opened): Promise<void> => {
    const { path, bytes, table } = file
    const { columns, said, format } = table
    const isText = table.format.encoding !== null
    const inEditor = isText && bytes < EDITOR_BYTES
    post({ type: 'opened', path, bytes, kind: format.kind, columns: [...columns], said: [...said], inEditor })
    const head: Row[] = []
    for await (const row of table.rows()) {
      head.push(row)
      if (head.length === FIRST_ROWS) break
    }
    if (head.length === 0)
      throw new UserError(t`${path} has no rows below its header; add rows with a text and a label`)
    file.head = head
    post({ type: 'rows', first: 1, rows: head.map(shown) })
    post({ type: 'index', rows: head.length, done: false, share: bytes > 0 ? 0 : null })
  }

  const setRoles = async (
    file: Opened,
    roles: Roles | null,
    numbers: boolean,
    mine: number,
  ): Promise<void> => {
    const { columns, message } = await columnsOf(file.table, roles, numbers)
    if (mine !== generation) return
    file.columns = columns
    post(message)
    await pass(file, mine)
  }

  /** Reads all rows once, for the store as far as it has them not yet, and for the profile. */
  const pass = async (file: Opened, mine: number): Promise<void> => {
    if (file.columns === null && file.isWhole) return
    try {
      if (file.bytes > JUDGED_BYTES && file.table.format.encoding !== null && file.store === null)
        await readAsWhole(file)
      const made = file.store ?? (await createRowStore(file.table))
      if (mine !== generation && file.store === null) await made.close()
      if (mine !== generation) return
      file.store = made
      const rows = () => taken(file, made, mine)
      if (file.columns === null) for await (const _ of rows());
      else {
        const { text, label, pair } = file.columns
        const near = createNearLook(COMPARED_ROWS)
        const result = await profile({ ...file.table, rows }, { text, label, pair }, { near })
        if (mine !== generation) return
        post({ type: 'profile', profile: result, read: result.rows })
        await look(file.table, file.columns, near, result, mine)
      }
    } catch (error) {
      if (error === Void || mine !== generation) return
      // What was read is there all the same.
      if (file.store) post({ type: 'index', rows: file.store.rows, done: true, share: null })
      tell(error)
    }
  }

  /** What takes longer follows: the page shows the profile meanwhile. */
  const look = async (
    table: Table,
    { text, label, pair, group, split }: Columns,
    near: NearLook,
    result: Profile,
    mine: number,
  ): Promise<void> => {
    const found = await inTurns(near.find(), () => mine !== generation)
    const groups = group === null ? await findGroupColumn(table, [text, label, pair, split]) : null
    if (found === null || mine !== generation) return
    const full = { ...result, near: found, ...(groups === null ? {} : { group_column: groups }) }
    post({ type: 'profile', profile: full, read: result.rows })
  }

  /** What was judged by the beginning may be wrong: then all is shown anew. */
  const readAsWhole = async (file: Opened): Promise<void> => {
    const { encoding } = await findEncoding(file.path)
    if (encoding === file.table.format.encoding) return
    file.table = await openTable(file.path)
    await showHead(file)
  }

  async function* taken(file: Opened, store: RowStore, mine: number): AsyncGenerator<Row> {
    let told = performance.now()
    let read = 0
    for await (const row of file.table.rows()) {
      if (mine !== generation) throw Void
      const added = store.add(row)
      if (added !== undefined) await added
      if (++read % TURN_ROWS === 0) {
        await turn()
        if (performance.now() - told > PROGRESS_MS) {
          told = performance.now()
          if (!file.isWhole)
            post({ type: 'index', rows: store.rows, done: false, share: shareOf(file, store) })
          if (file.columns !== null) post({ type: 'profile', profile: null, read })
        }
      }
      yield row
    }
    if (!file.isWhole) post({ type: 'index', rows: store.rows, done: true, share: 1 })
    file.isWhole = true
  }

  /** The newest request alone counts: whoever scrolls does not want what was passed over. */
  const readRows = async (): Promise<void> => {
    if (isReading) return
    isReading = true
    try {
      while (wanted !== null && opened !== null) {
        const { first, count } = wanted
        wanted = null
        const file = opened
        const rows = await rowsOf(file, first, count)
        if (file === opened) post({ type: 'rows', first, rows: rows.map(shown) })
      }
    } catch (error) {
      tell(error)
    } finally {
      isReading = false
    }
  }

  return {
    async take(message) {
      switch (message.type) {
        case 'open':
          return open(message.path, message.roles, message.numbers)
        case 'roles': {
          if (opened === null) return
          const mine = ++generation
          post({ type: 'profile', profile: null, read: 0 })
          return setRoles(opened, message.roles, message.numbers, mine)
        }
        case 'rows':
          wanted = { first: message.first, count: message.count }
          return readRows()
        case 'line': {
          const rows = opened === null ? [] : await rowsOf(opened, message.row, 1).catch(() => [])
          post({ type: 'line', id: message.id, line: rows[0]?.line ?? null })
        }
      }
    },
    async close() {
      generation++
      await opened?.store?.close()
      opened = null
    },
  }
}

/** Ends a pass that nobody waits for any more. */
const Void = Symbol('void')

const shareOf = ({ bytes }: Opened, store: RowStore): number | null =>
  store.bytes === null || bytes === 0 ? null : Math.min(1, store.bytes / bytes)

const rowsOf = async ({ head, store }: Opened, first: number, count: number): Promise<readonly Row[]> =>
  store === null || first + count - 1 <= head.length
    ? head.slice(first - 1, first - 1 + count)
    : store.read(first, count)

const shown = ({ row, line, cells }: Row): ShownRow => ({
  row,
  line,
  cells: cells.map((cell) => (cell.length > LONGEST_CELL ? `${cell.slice(0, LONGEST_CELL)}…` : cell)),
})

/** The columns chosen, or those that are found; and what to say of them. */
async function columnsOf(table: Table, roles: Roles | null, numbers: boolean) {
  const { text, label, text_pair: pair, group, split_column: split } = roles ?? NO_ROLES
  const said = (shown: Roles, found: string | null, problem: string | null) =>
    ({ type: 'roles', roles: shown, found, problem }) as const
  if (roles !== null && (text === null || label === null))
    return { columns: null, message: said(roles, null, null) }
  try {
    const columns = await chooseColumns(table, { text, label, pair, group, split, numbers })
    const chosen: Roles = {
      text: columns.text,
      label: columns.label,
      text_pair: columns.pair,
      group: columns.group,
      split_column: columns.split,
    }
    return { columns, message: said(chosen, columns.found, null) }
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    return { columns: null, message: said(roles ?? NO_ROLES, null, error.message) }
  }
}
