import { rmSync } from 'node:fs'
import { join } from 'node:path'
import * as v from 'valibot'
import { atomicWrite } from '../../../data/atomic-write.ts'
import type { ModelText } from '../../../data/model-text.ts'
import { COMPRESSED } from '../../../shared/compression.ts'
import { UserError } from '../../../shared/error.ts'
import { t } from '../../../shared/l10n.ts'
import { canonical } from '../../onnx/canonical.ts'
import { ELEMENT_BYTES } from '../../onnx/elements.ts'
import { loadModel } from '../../onnx/load.ts'
import type { Graph, TensorValue } from '../../onnx/model.ts'
import { writeModel } from '../../onnx/write.ts'
import { readJsonFile } from '../../text/json-file.ts'
import { openTokenizer } from '../../text/open-tokenizer.ts'
import { fileOf } from '../dtype.ts'
import { isTokenTable } from './token-table.ts'
import { trimTokenizer } from './trim-tokenizer.ts'

const Json = v.record(v.string(), v.unknown())

/**
 * Takes out of a model's folder the tokens that the texts do not use: of `tokenizer.json`, of the table in the
 * fp32 file, and of `config.json`. Smaller files that lie there are removed: they have the old table.
 */
export const trimFolder = (folder: string, texts: Iterable<ModelText>): void => {
  const tokenizer = openTokenizer(folder)
  const used = new Set<number>([tokenizer.padId])
  for (const text of texts) for (const id of tokenizer.encode(text, Number.MAX_SAFE_INTEGER).ids) used.add(id)
  const config = readJsonFile(join(folder, 'config.json'), Json) ?? {}
  const named = Object.entries(config).filter(
    (entry): entry is [string, number] => /_token_id$/.test(entry[0]) && typeof entry[1] === 'number',
  )
  for (const [, id] of named) used.add(id)
  const trimmed = trimTokenizer(readJsonFile(join(folder, 'tokenizer.json'), Json), used)

  const model = loadModel(join(folder, fileOf('fp32')))
  const graph = trimTables(canonical(model.graph), trimmed.kept)
  for (const dtype of COMPRESSED) rmSync(join(folder, fileOf(dtype)), { force: true })
  atomicWrite(join(folder, fileOf('fp32')), writeModel({ ...model, graph }))
  atomicWrite(join(folder, 'tokenizer.json'), JSON.stringify(trimmed.tokenizer))
  const ids = named.map(([key, id]) => [key, trimmed.kept.indexOf(id)] as const).filter(([, id]) => id >= 0)
  const changed = { ...config, ...Object.fromEntries(ids), vocab_size: trimmed.kept.length }
  atomicWrite(join(folder, 'config.json'), `${JSON.stringify(changed, null, 2)}\n`)
}

/** The graph with the rows of its tables of tokens that are kept, in this order. */
export const trimTables = (graph: Graph, kept: readonly number[]): Graph => {
  const makers = new Map(graph.nodes.flatMap((node) => node.outputs.map((name) => [name, node] as const)))
  const initializers = new Map(graph.initializers)
  for (const [name, value] of graph.initializers) {
    const readers = graph.nodes.filter((node) => node.inputs.includes(name))
    if (!readers.some((node) => isTokenTable(node, value.dims, makers))) continue
    const others = readers.find((node) => !isTokenTable(node, value.dims, makers))
    if (others)
      throw new UserError(
        t`Trimming the vocabulary: the table of tokens is read by node ${others.name} (${others.op}) too, so its rows can't be taken out. Leave trim out.`,
      )
    initializers.set(name, rowsOf(value, kept))
  }
  if ([...initializers].every(([name, value]) => value === graph.initializers.get(name)))
    throw new UserError(
      t`Trimming the vocabulary: the model has no table that its tokens are looked up in. Leave trim out.`,
    )
  return { ...graph, initializers }
}

const rowsOf = (table: TensorValue, kept: readonly number[]): TensorValue => {
  const [rows = 0, width = 0] = table.dims
  const bytes = width * ELEMENT_BYTES[table.type]
  const data = new Uint8Array(kept.length * bytes)
  for (const [at, row] of kept.entries()) {
    if (row >= rows)
      throw new UserError(t`Trimming the vocabulary: token ${row} has no row in the table. Leave trim out.`)
    data.set(table.data.subarray(row * bytes, (row + 1) * bytes), at * bytes)
  }
  return { ...table, dims: [kept.length, width], data }
}
