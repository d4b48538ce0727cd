import { createHash } from 'node:crypto'
import { basename, join } from 'node:path'
import { sha256 } from '../../data/sha256.ts'
import type { Receipt } from '../../run/receipt.ts'
import type { DataFile, RunRecord } from '../../shared/run.ts'
import { codeHash, filesIn } from './code-hash.ts'

/** The receipt of a run whose model and predictions are written. */
export const receiptOf = async (path: string, record: RunRecord): Promise<Receipt> => {
  const { data, base, machine, versions, options, resolved } = record
  return {
    schema: 1,
    data: dataOf(data),
    base: { id: base.id, files: base.kind === 'ngram' ? {} : { model: base.sha256, ...base.files } },
    options: optionsHash(record),
    seed: options.seed,
    code: codeHash(),
    machine,
    versions: { node: versions.node, onnxruntime: versions.onnxruntime },
    device: resolved?.engine === 'tfjs' ? 'tfjs' : (resolved?.device ?? 'cpu'),
    threads: versions.threads,
    files: await producedFiles(path),
  }
}

const dataOf = ({ train, more, valid, test, synonyms }: RunRecord['data']): Receipt['data'] => {
  const part = (name: Receipt['data'][number]['part'], file: DataFile | null) =>
    file === null ? [] : [{ part: name, name: basename(file.path), sha256: file.sha256, rows: file.rows }]
  return [
    ...[train, ...more].flatMap((file) => part('train', file)),
    ...part('valid', valid),
    ...part('test', test),
    ...part('synonyms', synonyms),
  ]
}

/** Hashes of what a run made, by name in its folder. */
export const producedFiles = async (run: string): Promise<Record<string, string>> => {
  const names = [...filesIn(join(run, 'model')).map((name) => `model/${name}`), 'predictions.jsonl']
  const hashes: Record<string, string> = {}
  for (const name of names) hashes[name] = await sha256(join(run, ...name.split('/')))
  return hashes
}

/** What says where files lie is no option of what is computed: their hashes stand for them. */
const PATHS = new Set(['model', 'valid', 'test', 'augment_synonyms'])

const optionsHash = ({ options, resolved, data }: RunRecord): string => {
  const { text, label, text_pair } = data
  const decided = Object.entries({ ...options, ...resolved, text, label, text_pair })
    .filter(([name]) => !PATHS.has(name))
    .sort(([a], [b]) => (a < b ? -1 : 1))
  return createHash('sha256').update(JSON.stringify(decided)).digest('hex')
}
