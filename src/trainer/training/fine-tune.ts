import * as v from 'valibot'
import { type Checkpoint, loadCheckpoint, saveCheckpoint } from '../../run/checkpoint.ts'
import { UserError } from '../../shared/error.ts'
import { TaskScores } from '../../shared/evaluation.ts'
import { t } from '../../shared/l10n.ts'
import { weightOf } from '../engine/weights.ts'
import { HEAD_BIAS, HEAD_WEIGHT, type Head, LOSS } from '../tasks/head.ts'
import { isAsGood, isBetter } from './better.ts'
import type { Inputs } from './inputs.ts'
import type { Journal } from './journal.ts'
import { type LoopState, stepsPerEpoch, trainLoop } from './loop.ts'
import type { StopSignal } from './pause.ts'
import { withDropout } from './step/dropout.ts'
import { lossFeedsOf } from './step/loss-feeds.ts'
import { upperPart } from './step/network.ts'
import { openSteps } from './step/open-steps.ts'
import { type Parts, validate } from './step/parts.ts'
import { Stopped } from './step/rows.ts'
import { startMean, withMean } from './step/running-mean.ts'
import { type Loop, newMoments } from './step/steps.ts'
import { unfreezing } from './step/unfreeze.ts'

const CHECKPOINT_MS = 60_000

const KeptState = v.object({
  step: v.number(),
  lossSum: v.number(),
  lossCount: v.number(),
  bestEpoch: v.number(),
  bestScores: TaskScores,
  trainedScores: v.nullable(TaskScores),
  unimproved: v.number(),
  parts: v.optional(v.nullable(v.number()), null),
})

/** Where a run stands by its last checkpoint. */
export const keptState = ({ step, state }: Checkpoint): LoopState => {
  const parsed = v.safeParse(KeptState, state)
  if (parsed.success && parsed.output.step === step) return parsed.output
  throw new UserError(
    t`The checkpoint of step ${step} is damaged: it does not say where the run stands. Start a new run.`,
  )
}

/** What the training of some parts works on, from where they are. */
export const loopOf = (inputs: Inputs, parts: Parts): Loop => {
  const { data, options, runtime } = inputs
  const { network, trainables } = parts
  const { model, sites } = withDropout(
    upperPart(network, parts.division, LOSS),
    parts.branches,
    inputs.model.trunk.width,
    options,
  )
  const names = [...trainables.dense, ...trainables.tables]
  return {
    runtime,
    options,
    model,
    trainables,
    segments: options.recompute ? inputs.model.trunk.layers : [],
    unfreezing: unfreezing(
      parts.depths,
      options.unfreeze,
      stepsPerEpoch(data.parts.train.length, options.batch),
    ),
    dropout: sites,
    source: parts.source,
    rows: data.parts.train,
    lossFeeds: lossFeedsOf(data, options),
    moments: newMoments(model, trainables, options.optimiser),
    mean: options.average > 0 ? startMean(model, names) : null,
  }
}

/**
 * Trains from the start, or from a checkpoint, and leaves the best weights in the network.
 *
 * @param parts whose network has the head that the untouched trunk is best with: the first to be validated
 * @param start the head to train from
 */
export const fineTune = async (
  journal: Journal,
  inputs: Inputs,
  parts: Parts,
  start: Head,
  checkpoint: Checkpoint | null,
  stop: StopSignal,
): Promise<void> => {
  const { data, options } = inputs
  const { network, trainables } = parts
  const names = [...trainables.dense, ...trainables.tables]
  const perEpoch = stepsPerEpoch(data.parts.train.length, options.batch)
  const loop = loopOf(inputs, parts)
  const { mean } = loop
  const best = new Map<string, Float32Array>()
  /** What a run that ended here would be judged by. */
  const judged = <T>(work: () => Promise<T>): Promise<T> => (mean ? withMean(mean, network, work) : work())
  const keepBest = (from: (name: string) => Float32Array): void => {
    for (const name of names) best.set(name, from(name).slice())
  }
  const save = (state: LoopState, isBest: boolean, isLast = true): void => {
    const tensors = new Map<string, Float32Array>()
    for (const name of names) {
      tensors.set(name, weightOf(network, name))
      const averaged = mean?.get(name)
      if (averaged) tensors.set(`mean ${name}`, averaged)
      const moments = loop.moments.get(name)
      if (moments) tensors.set(`first ${name}`, moments.first).set(`second ${name}`, moments.second)
    }
    saveCheckpoint(journal.path, { step: state.step, tensors, state }, { best: isBest, last: isLast })
    journal.save({
      progress: { ...journal.record.progress, step: state.step, epoch: Math.floor(state.step / perEpoch) },
    })
  }

  journal.phase('train')
  let state: LoopState
  if (checkpoint) {
    state = keptState(checkpoint)
    restore(checkpoint, loop, names)
    const kept = loadCheckpoint(journal.path, 'best')
    // The untouched model, where that is the best so far, is no mean of steps.
    const prefix = mean && state.bestEpoch > 0 ? 'mean ' : ''
    keepBest((name) => kept?.tensors.get(`${prefix}${name}`) ?? weightOf(network, name))
  } else {
    const scores = await validate(inputs, parts, stop)
    state = {
      step: 0,
      lossSum: 0,
      lossCount: 0,
      bestEpoch: 0,
      bestScores: scores,
      trainedScores: null,
      unimproved: 0,
      parts: options.accumulate === 'auto' ? null : options.accumulate,
    }
    keepBest((name) => weightOf(network, name))
    if (options.dropout > 0 && parts.branches.length === 0)
      journal.tell({
        event: 'warning',
        message: t`No attention or feed-forward part was found in what is trained, so a dropout of ${options.dropout} is without effect; that before the head has one.`,
      })
    // Not to go on from: training starts from another head. Killed before that is saved, a run starts anew.
    save(state, true, false)
    weightOf(network, HEAD_WEIGHT).set(start.weight)
    weightOf(network, HEAD_BIAS).set(start.bias)
    for (const [name, values] of mean ?? []) values.set(weightOf(network, name))
    save(state, false)
  }

  const steps = perEpoch * options.epochs
  let saved = performance.now()
  let stepped = journal.clock()
  const started = journal.clock()
  const taking = await openSteps(loop)
  const saveNow = async (): Promise<void> => {
    await taking.settle()
    save(state, false)
  }
  if (stop.pause) stop.pause.save = saveNow
  try {
    await trainLoop(
      loop,
      taking,
      state,
      {
        step: ({ step, epoch, loss, lr, gradientNorm, tokens }) => {
          const now = journal.clock()
          const tokensPerSecond = Math.round(tokens / ((now - stepped) / 1000))
          stepped = now
          journal.tell({
            event: 'step',
            step,
            epoch,
            loss,
            lr,
            gradient_norm: gradientNorm,
            tokens_per_second: tokensPerSecond,
          })
          journal.progress('train', step, steps, t`step ${step} of ${steps}, loss ${loss.toFixed(3)}`)
        },
        epoch: async (current, epoch, trainLoss) => {
          await taking.settle()
          const scores = await judged(() => validate(inputs, parts, new AbortController().signal))
          const isBest =
            isBetter(scores, current.bestScores, options.metric) ||
            (current.bestEpoch === 0 &&
              isAsGood(scores, current.bestScores, options.metric, data.parts.valid.length))
          journal.tell({
            event: 'epoch',
            step: current.step,
            epoch,
            train_loss: trainLoss,
            valid: scores,
            best: isBest,
          })
          // Against epochs of training alone: at a high rate the first ones may fall below the probe, and recover.
          const improves =
            current.trainedScores === null || isBetter(scores, current.trainedScores, options.metric)
          const next: LoopState = {
            ...current,
            ...(isBest ? { bestEpoch: epoch, bestScores: scores } : {}),
            trainedScores: improves ? scores : current.trainedScores,
            unimproved: improves ? 0 : current.unimproved + 1,
          }
          if (isBest) keepBest((name) => mean?.get(name) ?? weightOf(network, name))
          save(next, isBest)
          saved = performance.now()
          stepped = journal.clock()
          return next
        },
        parts: (parts) =>
          journal.tell({
            event: 'note',
            message: t`The free memory is not enough for whole batches: each is computed in ${parts} parts. The result is the same but for rounding.`,
          }),
        stepped: async (current) => {
          state = current
          if (performance.now() - saved < CHECKPOINT_MS) return
          await saveNow()
          saved = performance.now()
        },
      },
      stop,
    )
  } catch (error) {
    if (error instanceof Stopped) await saveNow()
    throw error
  } finally {
    if (stop.pause) stop.pause.save = null
    journal.addTraining((journal.clock() - started) / 1000)
    await taking.release()
  }
  for (const [name, weights] of best) weightOf(network, name).set(weights)
}

const restore = (checkpoint: Checkpoint, loop: Loop, names: readonly string[]): void => {
  const copy = (key: string, into: Float32Array | undefined): void => {
    const from = checkpoint.tensors.get(key)
    if (!from || from.length !== into?.length)
      throw new UserError(t`The checkpoint does not fit the model: ${key}.`)
    into.set(from)
  }
  for (const name of names) {
    copy(name, weightOf(loop.model, name))
    copy(`first ${name}`, loop.moments.get(name)?.first)
    copy(`second ${name}`, loop.moments.get(name)?.second)
    if (loop.mean) copy(`mean ${name}`, loop.mean.get(name))
  }
}
