import { readText } from './decode.ts'
import { createArraySplitter } from './json-array.ts'
import { parseObject } from './jsonl.ts'
import { createLineSplitter } from './lines.ts'
import type { Table } from './table.ts'

/** The objects of a JSONL or JSON file with their values as they are, in the order of the table's rows. */
export async function* objectsOf({ path, format }: Table): AsyncGenerator<Record<string, unknown>> {
  const lines = format.kind === 'jsonl' ? createLineSplitter() : createArraySplitter(path)
  let first = true
  for await (const piece of readText(path, undefined, format.encoding ?? undefined)) {
    const text = first && piece.startsWith('\ufeff') ? piece.slice(1) : piece
    first = false
    for (const line of lines.push(text)) if (line.text.trim() !== '') yield parseObject(line.text) ?? {}
  }
  for (const line of lines.end() ?? []) if (line.text.trim() !== '') yield parseObject(line.text) ?? {}
}
