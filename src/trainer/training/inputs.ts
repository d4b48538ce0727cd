import type { ResolvedOptions, RunOptions } from '../../shared/config.ts'
import { cpuRuntime, type Runtime } from '../engine/runtime.ts'
import { locateModel } from '../text/locate.ts'
import { openTextModel, type TextModel } from '../text/text-model.ts'
import type { Encoded } from '../text/tokenizer.ts'
import { resolveOptions } from './defaults.ts'
import type { Journal, Report } from './journal.ts'
import { type Data, prepareData } from './prepare.ts'

/** All that a run works on, read and checked. */
export interface Inputs {
  readonly data: Data
  readonly model: TextModel
  readonly encoded: readonly Encoded[]
  readonly options: ResolvedOptions
  readonly runtime: Runtime
}

export const prepare = async (file: string, options: RunOptions, report: Report): Promise<Inputs> => {
  const data = await prepareData(file, options)
  const folder = await locateModel(options.model, {
    report: ({ file: name, received, total }) =>
      report({ event: 'progress', phase: 'model', done: received, total: total ?? 0, detail: name }),
  })
  const runtime = cpuRuntime()
  const model = await openTextModel(runtime, folder)
  const whole = model.tokenizer.modelMaxLength ?? Number.MAX_SAFE_INTEGER
  const lengths = data.examples.map(({ text }) => model.tokenizer.encode(text, Math.min(whole, 8192)).length)
  const resolved = resolveOptions(options, { model, trainRows: data.parts.train.length, lengths })
  const encoded = data.examples.map(({ text }) => model.tokenizer.encode(text, resolved.max_length))
  return { data, model, encoded, options: resolved, runtime: { ...runtime, device: resolved.device } }
}

export const tellInputs = (journal: Journal, { data, model, encoded, options }: Inputs): void => {
  journal.phase('data')
  for (const message of data.notes) journal.tell({ event: 'note', message })
  for (const message of data.warnings) journal.tell({ event: 'warning', message })
  const { layers, width, removed } = model.trunk
  journal.tell({
    event: 'note',
    message: `Model ${model.folder.id}: ${layers.length} layers, ${width} wide${removed.length > 0 ? `; ${removed.length} nodes above the last hidden state cut off` : ''}.`,
  })
  const cut = encoded.filter(({ ids, length }) => length > ids.length).length
  if (cut > 0)
    journal.tell({
      event: 'warning',
      message: `${cut} of ${encoded.length} texts are longer than ${options.max_length} tokens; the model reads their beginning. Use --max-length for more.`,
    })
  const { unknownId } = model.tokenizer
  const tokens = encoded.reduce((sum, { ids }) => sum + ids.length, 0)
  const unknown = encoded.reduce((sum, { ids }) => sum + ids.filter((id) => id === unknownId).length, 0)
  if (unknown > tokens * 0.03)
    journal.tell({
      event: 'warning',
      message: `${Math.round((100 * unknown) / tokens)} % of the tokens are unknown to this model; it may not be made for the language of these texts.`,
    })
  journal.tell({
    event: 'note',
    message:
      options.strategy === 'head'
        ? 'Training the head alone.'
        : `Training ${options.strategy === 'full' ? 'the whole model' : `the last ${options.strategy.slice('last:'.length)} layers`}, embeddings ${options.embeddings}: ${options.epochs} epochs of batches of ${options.batch}, rate ${options.lr}, at most ${options.max_length} tokens.`,
  })
}
