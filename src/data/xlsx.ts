import { posix } from 'node:path'
import { UserError } from '../shared/error.ts'
import { t } from '../shared/l10n.ts'
import { findHeader } from './header.ts'
import { type SheetContext, type SheetRow, sheetRows, unescaped } from './sheet.ts'
import type { Row, Table } from './table.ts'
import { createXmlParser, type XmlEvents } from './xml.ts'
import { openZip, type Zip, type ZipEntry } from './zip.ts'

const SAMPLED_ROWS = 1000
/** The strings of a workbook are held in memory. */
const STRINGS_BYTES = 512 * 2 ** 20
const PART_BYTES = 64 * 2 ** 20

interface Sheet {
  readonly name: string
  readonly hidden: boolean
  readonly entry: ZipEntry
}

/**
 * Opens an Excel workbook (.xlsx): the first visible sheet that has two rows or more. Cells are text, numbers in full,
 * dates as 2025-01-31, TRUE and FALSE; an error such as #N/A is an empty cell. Rows above the header that hold one
 * cell, a title, are left out and said.
 */
export async function openWorkbook(path: string): Promise<Table> {
  const zip = await openZip(path)
  const workbook = workbookPart(zip, await relationsOf(zip, ''))
  const { sheets, from1904, links } = await readSheets(zip, workbook)
  const linked = (kind: string) => {
    const target = [...links.values()].find(({ type }) => type.endsWith(`/${kind}`))?.target
    return target === undefined ? undefined : zip.entries.get(target.toLowerCase())
  }
  const context: SheetContext = {
    strings: await readStrings(zip, linked('sharedStrings')),
    dates: await readDates(zip, linked('styles')),
    from1904,
  }
  const ordered = [...sheets.filter(({ hidden }) => !hidden), ...sheets.filter(({ hidden }) => hidden)]
  for (const sheet of ordered) {
    const sample = await firstRows(zip, sheet, context)
    if (sample.length < 2) continue
    return tableOf(zip, sheet, sheets.length, context, sample)
  }
  throw new UserError(
    t`${path}: none of its ${sheets.length} sheets has two rows; it needs a header and rows of text and label`,
  )
}

function tableOf(
  zip: Zip,
  sheet: Sheet,
  sheets: number,
  context: SheetContext,
  sample: readonly SheetRow[],
): Table {
  const { path } = zip
  const filled = ({ cells }: SheetRow) => cells.filter((cell) => cell.trim() !== '').length
  const titles = sample.findIndex((row) => filled(row) > 1)
  const above = titles > 0 && titles < Math.min(10, sample.length - 1) ? titles : 0
  const first = sample[above]?.line ?? 1
  const { header, columns, said } = findHeader(
    path,
    sample.slice(above).map(({ cells }) => cells),
  )
  return {
    path,
    format: { kind: 'xlsx', delimiter: null, header, bom: false, encoding: null },
    columns,
    said: [
      ...(sheets > 1
        ? [t`${path}: of its ${sheets} sheets "${sheet.name}" is read, the first with rows.`]
        : []),
      ...(above > 0
        ? [t`${path}: what stands above row ${first} of the sheet is taken for a title and left out.`]
        : []),
      ...said,
    ],
    async *rows(): AsyncGenerator<Row> {
      let row = header ? -1 : 0
      for await (const { line, cells } of sheetRows(zip, sheet.entry, context)) {
        if (line < first || cells.every((cell) => cell.trim() === '')) continue
        if (++row === 0) continue
        // Without a value a cell is not there, be it at the end of a row.
        const width = Math.max(cells.length, columns.length)
        while (cells.length < columns.length) cells.push('')
        cells.length = columns.length
        yield { row, line, cells, width, stray: false }
      }
    },
  }
}

async function firstRows(zip: Zip, sheet: Sheet, context: SheetContext): Promise<SheetRow[]> {
  const rows: SheetRow[] = []
  for await (const row of sheetRows(zip, sheet.entry, context)) {
    if (row.cells.some((cell) => cell.trim() !== '')) rows.push(row)
    if (rows.length === SAMPLED_ROWS) break
  }
  return rows
}

async function parsePart(
  zip: Zip,
  entry: ZipEntry,
  events: XmlEvents,
  mostBytes = PART_BYTES,
): Promise<void> {
  const parser = createXmlParser(zip.path, entry.name, events)
  for await (const chunk of zip.read(entry, mostBytes)) parser.push(chunk)
  parser.end()
}

type Links = ReadonlyMap<string, { readonly type: string; readonly target: string }>

/** What a part of the archive refers to, by id; '' is the archive itself. Nothing outside the archive is followed. */
async function relationsOf(zip: Zip, part: string): Promise<Links> {
  const { dir, base } = posix.parse(part)
  const entry = zip.entries.get(posix.join(dir, '_rels', `${base}.rels`).toLowerCase())
  const links = new Map<string, { type: string; target: string }>()
  if (entry === undefined) return links
  await parsePart(zip, entry, {
    open(name, { Id, Type, Target, TargetMode }) {
      if (name !== 'Relationship' || TargetMode === 'External') return
      if (Id === undefined || Type === undefined || Target === undefined) return
      const target = Target.startsWith('/') ? Target.slice(1) : posix.join(dir, Target)
      links.set(Id, { type: Type, target })
    },
  })
  return links
}

function workbookPart(zip: Zip, links: Links): string {
  const target = [...links.values()].find(({ type }) => type.endsWith('/officeDocument'))?.target
  for (const part of [target, 'xl/workbook.xml'])
    if (part?.endsWith('.xml') && zip.entries.has(part.toLowerCase())) return part
  throw new UserError(
    zip.entries.has('xl/workbook.bin')
      ? t`${zip.path} is a binary Excel workbook: save it as .xlsx or CSV and give that`
      : t`${zip.path} is a zip archive without an Excel workbook in it: save its table as .xlsx or CSV and give that`,
  )
}

async function readSheets(zip: Zip, part: string) {
  const { path, entries } = zip
  const entry = entries.get(part.toLowerCase())
  const links = await relationsOf(zip, part)
  const sheets: Sheet[] = []
  let from1904 = false
  let inWorkbook = false
  if (entry !== undefined)
    await parsePart(zip, entry, {
      open(name, attributes) {
        if (name === 'workbook') inWorkbook = true
        if (name === 'workbookPr') from1904 = ['1', 'true'].includes(attributes.date1904 ?? '')
        if (name !== 'sheet') return
        const id = Object.entries(attributes).find(([key]) => key === 'id' || key.endsWith(':id'))?.[1]
        const link = links.get(id ?? '')
        const target = entries.get(link?.target.toLowerCase() ?? '')
        // Sheets that hold a chart alone have no rows.
        if (target === undefined || !link?.type.endsWith('/worksheet')) return
        sheets.push({
          name: attributes.name ?? '',
          hidden: attributes.state !== undefined && attributes.state !== 'visible',
          entry: target,
        })
      },
    })
  if (!inWorkbook || sheets.length === 0)
    throw new UserError(t`${path}: the workbook has no sheet with rows; save it anew, or its table as CSV`)
  return { sheets, from1904, links }
}

async function readStrings(zip: Zip, entry: ZipEntry | undefined): Promise<string[]> {
  const strings: string[] = []
  if (entry === undefined) return strings
  let text = ''
  let taking = false
  let phonetic = false
  await parsePart(
    zip,
    entry,
    {
      open(name) {
        if (name === 'si') text = ''
        else if (name === 't') taking = !phonetic
        else if (name === 'rPh') phonetic = true
      },
      text(piece) {
        if (taking) text += piece
      },
      close(name) {
        if (name === 'si') strings.push(unescaped(text))
        else if (name === 't') taking = false
        else if (name === 'rPh') phonetic = false
      },
    },
    STRINGS_BYTES,
  )
  return strings
}

/** Whether each cell style shows a date or a time (ECMA-376 part 1, 18.8.30). */
async function readDates(zip: Zip, entry: ZipEntry | undefined): Promise<boolean[]> {
  const dates: boolean[] = []
  if (entry === undefined) return dates
  const custom = new Map<string, boolean>()
  let inCells = false
  await parsePart(zip, entry, {
    open(name, { numFmtId, formatCode }) {
      if (name === 'numFmt' && numFmtId !== undefined) custom.set(numFmtId, isDateFormat(formatCode ?? ''))
      else if (name === 'cellXfs') inCells = true
      else if (name === 'xf' && inCells) {
        const id = Number(numFmtId ?? 0)
        const builtIn =
          (id >= 14 && id <= 22) || (id >= 27 && id <= 36) || (id >= 45 && id <= 47) || (id >= 50 && id <= 58)
        dates.push(custom.get(numFmtId ?? '') ?? builtIn)
      }
    },
    close(name) {
      if (name === 'cellXfs') inCells = false
    },
  })
  return dates
}

/** A day, month, year, hour or second outside quoted text, escaped characters and colours. */
const isDateFormat = (code: string): boolean =>
  /[dmyhs]/i.test(code.replace(/"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]|general/gi, ''))
