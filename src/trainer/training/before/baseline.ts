import { join } from 'node:path'
import type { TaskBefore } from '../../../shared/evaluation.ts'
import { t } from '../../../shared/l10n.ts'
import { headLogits, type Probe, trainProbe } from '../../evaluation/probe.ts'
import { softmaxRows } from '../../evaluation/softmax.ts'
import { rescaledHead } from '../../tasks/regression.ts'
import type { Inputs } from '../inputs.ts'
import type { Journal } from '../journal.ts'
import { entryOf, featureNetwork } from '../step/network.ts'
import { breathe, rowCount, Stopped } from '../step/rows.ts'
import { calibratedSimple, loadBefore, measureSimple, saveBefore, saveMistakes, targetsOf } from './before.ts'
import { measureBeforeNumbers } from './before-numbers.ts'
import { computeFeatures, type Features } from './features.ts'

export const measureFeatures = async (
  journal: Journal,
  inputs: Inputs,
  stop: AbortSignal,
): Promise<Features> => {
  const { model, encoded, windows, options, runtime } = inputs
  const source = { encoded, windows, padId: model.tokenizer.padId, cache: null }
  const rows = rowCount(source)
  journal.phase('trunk')
  const entry = entryOf(model, options)
  return computeFeatures(
    runtime,
    featureNetwork(model, options.pooling, windows !== null),
    model.trunk.width,
    source,
    entry === null
      ? null
      : {
          value: entry,
          width: model.trunk.width,
          cachePath: join(journal.path, 'trunk.cache'),
          cacheMb: options.cache_mb,
        },
    (done) => journal.progress('trunk', done, rows, t`${done} of ${rows} rows`),
    stop,
  )
}

export const measureBefore = async (
  journal: Journal,
  inputs: Inputs,
  { features }: Features,
  stop: AbortSignal,
): Promise<{ before: TaskBefore; probe: Probe }> => {
  const { data, model, options, runtime } = inputs
  if (data.numbers) return measureBeforeNumbers(journal, inputs, data.numbers, features, stop)
  const { width } = model.trunk
  const part = (rows: readonly number[]) => {
    const [first = 0] = rows
    return {
      features: features.subarray(first * width, (first + rows.length) * width),
      targets: targetsOf(data, rows),
    }
  }
  journal.phase('probe')
  const probe = await trainProbe(
    runtime,
    part(data.parts.train),
    part(data.parts.valid),
    data.labels,
    async (share) => {
      journal.progress('probe', share, 1)
      await breathe(stop)
    },
  )
  const known = loadBefore(journal.path)
  if (known) return { before: known, probe }
  const probed = calibratedSimple(data, (rows) => headLogits(probe.best, part(rows).features))
  journal.phase('ngram')
  const simple = await measureSimple(data, options.seed, (share) => {
    journal.progress('ngram', share, 1)
    if (stop.aborted) throw new Stopped('stopped')
  })
  saveMistakes(journal.path, { ...simple, probe: probed })
  const before = { majority: simple.majority.scores, ngram: simple.ngram.scores, probe: probed.scores }
  saveBefore(journal.path, before)
  return { before, probe }
}

/** [rows, labels]: what the probe says of rows that follow each other. */
export const probeOn = (
  { model, data }: Inputs,
  { features }: Pick<Features, 'features'>,
  { best }: Probe,
  rows: readonly number[],
): Float64Array => {
  const { width } = model.trunk
  const [first = 0] = rows
  const own = features.subarray(first * width, (first + rows.length) * width)
  return softmaxRows(headLogits(best, own), data.labels.length)
}

/**
 * The heads of the probe; or the head that a run's model had, where its labels are the same, or both predict numbers. With the trunk as
 * it is the probe is what training the head leads to, wherever it starts: so it is the head of strategy `head`.
 */
export const headsOf = ({ model, data, options }: Inputs, probe: Probe): Probe => {
  if (!model.head || options.strategy === 'head') return probe
  const { head, labels, scale } = model.head
  if (data.numbers || scale) {
    if (!data.numbers || !scale) return probe
    const rescaled = rescaledHead(head, scale, data.numbers.scale)
    return { best: rescaled, start: rescaled }
  }
  const same = labels.length === data.labels.length && labels.every((label, i) => label === data.labels[i])
  return same ? { best: head, start: head } : probe
}
