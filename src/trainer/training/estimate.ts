import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createRandom } from '../../data/random.ts'
import type { RunOptions } from '../../shared/config.ts'
import { UserError } from '../../shared/error.ts'
import type { EstimateEvent, Phase } from '../../shared/events.ts'
import { t } from '../../shared/l10n.ts'
import { NGRAM } from '../ngram/run.ts'
import { prepareNew } from './choose-device.ts'
import type { Inputs } from './inputs.ts'
import { Journal, type Report } from './journal.ts'
import { stepsPerEpoch } from './loop.ts'
import { sampleOf } from './sample.ts'
import { newRun, recordOf, stages } from './train.ts'

/** Steps that are taken, one more than what is measured: the first makes its session. */
const STEPS = 6
/** Rows of each part that are worked on, at least where there are as many. */
const ROWS = 128

/**
 * What a training would take on this machine: its own stages are gone through with a few of its rows, in a temporary
 * folder that is gone afterwards, and their times scaled to all. `seconds` are those of all epochs: patience may end
 * them sooner.
 */
export const estimate = async (
  files: readonly string[],
  options: RunOptions,
  report: Report,
  stop: AbortSignal,
): Promise<EstimateEvent> => {
  if (options.model === NGRAM)
    throw new UserError(t`The n-gram model is trained in no steps: there is nothing to measure beforehand.`)
  const began = performance.now()
  const inputs = await prepareNew(files, options, report)
  const opening = performance.now() - began
  const sample = sampleOf(
    inputs,
    createRandom(inputs.options.seed, 'estimate'),
    STEPS * inputs.options.batch,
    ROWS,
  )
  const folder = mkdtempSync(join(tmpdir(), 'finesse-estimate-'))
  const remove = (): void => rmSync(folder, { recursive: true, force: true })
  process.once('exit', remove)
  try {
    const request = { files, options, out: folder, name: 'estimate' }
    const run = newRun(request, sample.data, await recordOf(sample, options))
    const watch = createWatch()
    const journal = new Journal(run.path, run.record, watch.report)
    await stages(journal, sample, stop, [])
    watch.end()
    return scaled(inputs, sample, watch, opening, folderBytes(run.path))
  } finally {
    process.off('exit', remove)
    remove()
  }
}

/** Notes when things happened, in milliseconds. */
function createWatch() {
  const phases = new Map<Phase, { from: number; to: number }>()
  /** Of the passes over rows: when how many were done. */
  const passes = new Map<Phase, { at: number; done: number }[]>()
  const steps: number[] = []
  let validated: { from: number; to: number } | null = null
  let current: Phase | null = null
  const enter = (phase: Phase | null): void => {
    const now = performance.now()
    const before = current === null ? undefined : phases.get(current)
    if (before) before.to = now
    current = phase
    if (phase !== null) phases.set(phase, { from: now, to: now })
  }
  const report: Report = (event) => {
    const at = performance.now()
    if (event.event === 'phase') enter(event.phase)
    else if (event.event === 'step') steps.push(at)
    else if (event.event === 'epoch') validated = { from: steps.at(-1) ?? at, to: at }
    else if (event.event === 'progress')
      passes.set(event.phase, [...(passes.get(event.phase) ?? []), { at, done: event.done }])
  }
  return {
    report,
    end: () => enter(null),
    steps,
    phase: (phase: Phase): number => {
      const found = phases.get(phase)
      return found ? found.to - found.from : 0
    },
    /** Milliseconds a row of a pass, without what comes before its first batch where there are several. */
    perRow: (phase: Phase, rows: number): number => {
      const told = (passes.get(phase) ?? []).filter(({ done }) => done > 0)
      const [first, last] = [told[0], told.at(-1)]
      const found = phases.get(phase)
      if (!first || !last || last.done <= first.done) return found ? (found.to - found.from) / rows : 0
      return (last.at - first.at) / (last.done - first.done)
    },
    validated: (): number => (validated === null ? 0 : validated.to - validated.from),
  }
}

function scaled(
  all: Inputs,
  sample: Inputs,
  watch: ReturnType<typeof createWatch>,
  opening: number,
  sampleBytes: number,
): EstimateEvent {
  const { train, valid, test } = all.data.parts
  const some = sample.data.parts
  const rows = train.length + valid.length + test.length
  const someRows = some.train.length + some.valid.length + some.test.length
  const { batch, epochs, strategy } = all.options
  const isHead = strategy === 'head'
  const steps = isHead ? 0 : stepsPerEpoch(train.length, batch) * epochs
  // The first steps make the sessions of their lengths; the later half is what the others are like.
  const times = watch.steps.slice(1).map((at, i) => at - (watch.steps[i] ?? at))
  const later = times.slice(Math.floor(times.length / 2))
  const step = later.reduce((sum, ms) => sum + ms, 0) / Math.max(1, later.length)
  const beforeSteps = isHead
    ? 0
    : Math.max(0, watch.phase('train') - step * watch.steps.length - watch.validated())
  const learning = (watch.phase('probe') + watch.phase('ngram')) * (train.length / some.train.length)
  const ms =
    opening +
    watch.perRow('trunk', someRows) * rows +
    learning +
    beforeSteps +
    step * steps +
    (isHead ? 0 : watch.validated() * (valid.length / some.valid.length) * epochs) +
    watch.perRow('evaluate', some.valid.length + some.test.length) * (valid.length + test.length) +
    watch.phase('export')
  const { width } = all.model.trunk
  const tokens = all.encoded.reduce((sum, { ids }) => sum + ids.length, 0)
  const isCached = strategy.startsWith('last:')
  const cache = isCached ? Math.min(tokens * width * 4, all.options.cache_mb * 1e6) : 0
  return {
    event: 'estimate',
    seconds: ms / 1000,
    steps,
    measured_steps: watch.steps.length,
    // What was measured holds all of the rows' texts and tokens already; their features come to it.
    memory_mb: process.resourceUsage().maxRSS / 1024 + (rows * width * 4) / 1e6,
    disk_mb: (sampleBytes + cache) / 1e6,
  }
}

function folderBytes(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0)
}
