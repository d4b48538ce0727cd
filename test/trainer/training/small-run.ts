import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'
import * as v from 'valibot'
import { RunOptions } from '../../../src/shared/config.ts'
import type { ProgressEvent, RunEvent } from '../../../src/shared/events.ts'
import { loadModel } from '../../../src/trainer/onnx/load.ts'
import type { TensorValue } from '../../../src/trainer/onnx/model.ts'
import type { Report } from '../../../src/trainer/training/journal.ts'
import { type Ending, resume, train } from '../../../src/trainer/training/train.ts'
import { temporaryFolder } from '../../run/sample.ts'
import { shared } from '../../shared.ts'

const repository = fileURLToPath(new URL('../../../', import.meta.url))

/** The static encoder that comes with Finesse: no layers, its table of embeddings is what is trained. */
export const STATIC = 'embedded'
export const STATIC_FOLDER = join(repository, 'media', 'models', 'static-en')
/** An encoder of 6 layers of 384: slow, so few rows and short texts. */
export const MINILM = shared('models/all-MiniLM-L6-v2')
/** A decoder of 5 layers of 64: quick. */
export const STORIES = shared('models/stories260K')

/** The first rows of a sample: texts with one of five labels. */
export function sampleRows(count: number, from = 0): string {
  const [header, ...rows] = readFileSync(join(repository, 'media', 'samples', 'headlines.csv'), 'utf8')
    .trim()
    .split('\n')
  return `${[header, ...rows.slice(from, from + count)].join('\n')}\n`
}

/** Its path; the rows lie in a folder that goes when the test ends. */
export function sampleFile(t: TestContext, rows = 120): string {
  const file = join(temporaryFolder(t), 'headlines.csv')
  writeFileSync(file, sampleRows(rows))
  return file
}

export interface Trained {
  readonly ending: Ending
  readonly run: string
  readonly events: readonly RunEvent[]
  readonly progress: readonly ProgressEvent[]
}

/** One short run in this process. `until` is asked at every event whether to stop there, as Ctrl-C would. */
export async function trained(
  file: string,
  options: Partial<RunOptions>,
  { out = join(file, '..', 'runs'), until = (_: RunEvent): boolean => false } = {},
): Promise<Trained> {
  const all = v.parse(RunOptions, { model: STORIES, epochs: 1, max_length: 24, ...options })
  return followed(until, (report, stop) =>
    train({ files: [file], options: all, out, name: null }, report, stop),
  )
}

/** Goes on with a run in this process. */
export const resumed = (
  run: string,
  until = (_: RunEvent): boolean => false,
  options: { readonly force?: boolean } = {},
): Promise<Trained> => followed(until, (report, stop) => resume(run, report, stop, options))

async function followed(
  until: (event: RunEvent) => boolean,
  work: (report: Report, stop: AbortSignal) => Promise<Ending>,
): Promise<Trained> {
  const events: RunEvent[] = []
  const progress: ProgressEvent[] = []
  const stop = new AbortController()
  const ending = await work((event) => {
    if (event.event === 'started' || event.event === 'waiting') return
    if (event.event === 'progress') progress.push(event)
    else {
      events.push(event)
      if (until(event)) stop.abort()
    }
  }, stop.signal)
  return { ending, run: ending.run, events, progress }
}

/** The folder of the only run in a folder. */
export function onlyRun(out: string): string {
  const [name, ...others] = readdirSync(out)
  if (name === undefined || others.length > 0) throw new Error(`${out} holds ${others.length + 1} runs`)
  return join(out, name)
}

export const losses = ({ events }: Trained): readonly number[] =>
  events.flatMap((event) => (event.event === 'step' ? [event.loss] : []))

/** The bytes of a file of a run. */
export const bytesOf = (run: string, ...path: readonly string[]): Buffer => readFileSync(join(run, ...path))

/** The constants of a run's exported model, or of a model's folder. */
export function weightsIn(folder: string): ReadonlyMap<string, TensorValue> {
  const model = existsSync(join(folder, 'model')) ? join(folder, 'model') : folder
  return loadModel(join(model, 'onnx', 'model.onnx')).graph.initializers
}
