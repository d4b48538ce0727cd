import { SaxesParser } from 'saxes'
import { UserError } from '../shared/error.ts'
import { t } from '../shared/l10n.ts'

/** What is told of a document. Names are without their namespace prefix. */
export interface XmlEvents {
  open?(name: string, attributes: Readonly<Record<string, string>>): void
  close?(name: string): void
  text?(text: string): void
}

/** A document may go on for so long without an element beginning or ending. */
const LONGEST_TEXT = 32 * 2 ** 20
const DEEPEST = 256

const local = (name: string): string => name.slice(name.indexOf(':') + 1)

/**
 * A parser of UTF-8 XML that takes bytes in pieces. No entity but XML's own five is replaced, so nothing grows.
 * Throws a UserError that names the part of the file.
 */
export function createXmlParser(
  path: string,
  part: string,
  events: XmlEvents,
): { push(bytes: Uint8Array): void; end(): void } {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  const parser = new SaxesParser({ xmlns: false, position: false })
  const damaged = () =>
    new UserError(t`${path}: "${part}" in it is damaged; save the workbook anew, or its table as CSV`)
  let depth = 0
  let quiet = 0
  parser.on('error', () => {
    throw damaged()
  })
  parser.on('opentag', ({ name, attributes }) => {
    quiet = 0
    if (++depth > DEEPEST) throw damaged()
    events.open?.(local(name), attributes)
  })
  parser.on('closetag', ({ name }) => {
    quiet = 0
    depth--
    events.close?.(local(name))
  })
  parser.on('text', (text) => events.text?.(text))
  parser.on('cdata', (text) => events.text?.(text))
  const write = (text: string) => {
    quiet += text.length
    parser.write(text)
    if (quiet > LONGEST_TEXT) throw damaged()
  }
  return {
    push: (bytes) => write(decoded(() => decoder.decode(bytes, { stream: true }), damaged)),
    end() {
      write(decoded(() => decoder.decode(), damaged))
      parser.close()
    },
  }
}

function decoded(decode: () => string, damaged: () => UserError): string {
  try {
    return decode()
  } catch {
    throw damaged()
  }
}
