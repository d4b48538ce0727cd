import { crc32, deflateRawSync } from 'node:zlib'

export interface ZipPart {
  readonly name: string
  readonly content: Uint8Array | string
  /** What the directory says in place of the truth. */
  readonly unpacked?: number
}

/** A zip archive of these parts. */
export function zipFile(parts: readonly ZipPart[], stored = false): Buffer {
  const local: Buffer[] = []
  const central: Buffer[] = []
  let offset = 0
  for (const { name, content, unpacked } of parts) {
    const bytes = Buffer.from(content)
    const packed = stored ? bytes : deflateRawSync(bytes)
    const fields = Buffer.alloc(26)
    fields.writeUInt16LE(20, 0)
    fields.writeUInt16LE(0x0800, 2)
    fields.writeUInt16LE(stored ? 0 : 8, 4)
    fields.writeUInt32LE(crc32(bytes), 10)
    fields.writeUInt32LE(packed.length, 14)
    fields.writeUInt32LE(unpacked ?? bytes.length, 18)
    fields.writeUInt16LE(Buffer.byteLength(name), 22)
    const header = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), fields, Buffer.from(name), packed])
    const rest = Buffer.alloc(14)
    rest.writeUInt32LE(offset, 10)
    central.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\0', 'latin1'), fields, rest, Buffer.from(name)]))
    local.push(header)
    offset += header.length
  }
  const directory = Buffer.concat(central)
  const end = Buffer.alloc(22)
  end.write('PK\x05\x06', 'latin1')
  end.writeUInt16LE(parts.length, 8)
  end.writeUInt16LE(parts.length, 10)
  end.writeUInt32LE(directory.length, 12)
  end.writeUInt32LE(offset, 16)
  return Buffer.concat([...local, directory, end])
}

const escaped = (text: string): string =>
  text
    .replace(/_x(?=[0-9A-Fa-f]{4}_)/g, '_x005F_x')
    .replace(/[&<>]/g, (char) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[char] ?? '')
    .replace(/\r/g, '_x000D_')

const column = (i: number): string => String.fromCharCode(65 + i)

/** A workbook of one sheet of text cells, as shared or as inline strings. */
export function workbook(rows: readonly (readonly string[])[], shared: boolean): ZipPart[] {
  const strings: string[] = []
  const cell = (text: string, name: string) => {
    if (text === '') return ''
    if (!shared)
      return `<c r="${name}" t="inlineStr"><is><t xml:space="preserve">${escaped(text)}</t></is></c>`
    strings.push(text)
    return `<c r="${name}" t="s"><v>${strings.length - 1}</v></c>`
  }
  const body = rows
    .map(
      (cells, i) =>
        `<row r="${i + 1}">${cells.map((text, j) => cell(text, `${column(j)}${i + 1}`)).join('')}</row>`,
    )
    .join('')
  return workbookOf(
    `<worksheet xmlns="m"><sheetData>${body}</sheetData></worksheet>`,
    `<sst>${strings.map((text) => `<si><t>${escaped(text)}</t></si>`).join('')}</sst>`,
  )
}

/** A workbook whose sheet and strings are given as XML. */
export const workbookOf = (sheet: string, strings = '<sst/>'): ZipPart[] => [
  {
    name: 'xl/workbook.xml',
    content: '<workbook xmlns:r="r"><sheets><sheet name="One" sheetId="1" r:id="rId1"/></sheets></workbook>',
  },
  {
    name: 'xl/_rels/workbook.xml.rels',
    content:
      '<Relationships><Relationship Id="rId1" Type="x/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="x/sharedStrings" Target="sharedStrings.xml"/></Relationships>',
  },
  { name: 'xl/worksheets/sheet1.xml', content: sheet },
  { name: 'xl/sharedStrings.xml', content: strings },
]
