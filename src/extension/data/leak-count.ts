import { stat } from 'node:fs/promises'
import { setImmediate as turn } from 'node:timers/promises'
import { chooseColumns } from '../../data/columns.ts'
import { fileError } from '../../data/decode.ts'
import { type Example, readExamples } from '../../data/examples.ts'
import { inTurns } from '../../data/near/in-turns.ts'
import { findNamedLeaks } from '../../data/near/named-leaks.ts'
import { openTable, type Row } from '../../data/table.ts'
import { UserError } from '../../shared/error.ts'
import type { NamedLeaks, NamedPart } from '../../shared/named-leaks.ts'
import { EDITOR_BYTES } from './editor-bytes.ts'
import type { FromDataWorker, ToLeakCount } from './worker-messages.ts'

/** Rows that are compared: of the files to train on together, and of each named file. Seconds. */
const COMPARED_ROWS = 2 ** 17
/** Characters of a side's rows, which bound the memory where texts are long. */
const COMPARED_CHARACTERS = 2 ** 26
/** The beginning by which the encoding is judged, as of a large file no more is read than is compared. */
const JUDGED_BYTES = 2 ** 24
const TURN_ROWS = 500
const SHOWN_ROWS = 6

/** What is left to read on one side of the comparison. */
interface Room {
  rows: number
  characters: number
}

interface ReadRows {
  readonly examples: readonly Example[]
  /** The line on which a row begins, by its number; null: the editor can't open the file as text. */
  readonly lines: readonly number[] | null
}

const NO_ROWS: ReadRows = { examples: [], lines: null }

/**
 * Counts the rows of files named for validation and test that stand in training too, before a run does. Answers by
 * `post` alone; a newer request voids the older one.
 */
export function createLeakCount(post: (message: FromDataWorker) => void): {
  take(request: ToLeakCount): Promise<void>
} {
  let generation = 0

  const take = async (request: ToLeakCount): Promise<void> => {
    const mine = ++generation
    const isVoid = (): boolean => mine !== generation
    const tell = (leaks: NamedLeaks[] | null, isWhole: boolean): void => {
      if (!isVoid()) post({ type: 'named-leaks', leaks, isWhole })
    }
    if (request.valid === null && request.test === null) return tell([], true)
    tell(null, true)
    try {
      let own: readonly Example[] = []
      const room = newRoom()
      for (const path of request.files)
        own = own.concat((await readRows(path, request, room, isVoid)).examples)
      const named = async (part: NamedPart) => readNamed(part, request, isVoid)
      const [valid, test] = [await named('valid'), await named('test')]
      const found = await inTurns(findNamedLeaks(own, valid.read.examples, test.read.examples), isVoid)
      if (found === null) return
      const leaks = [
        { part: 'valid', path: request.valid, ...valid, leaked: found.valid } as const,
        { part: 'test', path: request.test, ...test, leaked: found.test } as const,
      ].flatMap(({ part, path, read, problem, leaked }) =>
        path === null
          ? []
          : { part, path, exact: placed(leaked.exact, read), near: placed(leaked.near, read), problem },
      )
      tell(leaks, [room, valid.room, test.room].every(hasRoom))
    } catch (error) {
      if (error === Void) return
      // A file to train on can't be read, which the reader says.
      if (!(error instanceof UserError)) throw error
      tell([], true)
    }
  }
  return { take }
}

/** Ends the reading that nobody waits for any more. */
const Void = Symbol('void')

const newRoom = (): Room => ({ rows: COMPARED_ROWS, characters: COMPARED_CHARACTERS })
const hasRoom = ({ rows, characters }: Room): boolean => rows >= 0 && characters >= 0

/** The rows of a named file. What is wrong with it is no obstacle to the other. */
async function readNamed(
  part: NamedPart,
  request: ToLeakCount,
  isVoid: () => boolean,
): Promise<{ readonly read: ReadRows; readonly room: Room; readonly problem: string | null }> {
  const room = newRoom()
  const path = request[part]
  if (path === null) return { read: NO_ROWS, room, problem: null }
  try {
    return { read: await readRows(path, request, room, isVoid), room, problem: null }
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    return { read: NO_ROWS, room, problem: error.message }
  }
}

/** The rows that have a text and a label, as far as there is room. */
async function readRows(
  path: string,
  { text, label, pair }: ToLeakCount,
  room: Room,
  isVoid: () => boolean,
): Promise<ReadRows> {
  const { size } = await stat(path).catch((error: unknown) => {
    throw fileError(path, error)
  })
  const table = await openTable(path, { encodingBytes: JUDGED_BYTES })
  const columns = await chooseColumns(table, { text, label, pair, group: null })
  const lines: number[] = []
  async function* rows(): AsyncGenerator<Row> {
    for await (const row of table.rows()) {
      // Readers of packed files may not wait for anything in between.
      if (row.row % TURN_ROWS === 0) await turn()
      if (isVoid()) throw Void
      room.rows--
      room.characters -= row.cells.reduce((sum, cell) => sum + cell.length, 0)
      if (!hasRoom(room)) return
      lines[row.row] = row.line
      yield row
    }
  }
  const { text: texts, label: labels, pair: pairs } = columns
  const { examples } = await readExamples({ ...table, rows }, { text: texts, label: labels, pair: pairs })
  return { examples, lines: table.format.encoding !== null && size < EDITOR_BYTES ? lines : null }
}

const placed = (places: readonly number[], { examples, lines }: ReadRows): NamedLeaks['exact'] => ({
  count: places.length,
  rows: places.slice(0, SHOWN_ROWS).flatMap((place) => {
    const row = examples[place]?.row
    return row === undefined ? [] : { row, line: lines?.[row] ?? null }
  }),
})
