import { setImmediate } from 'node:timers/promises'
import * as v from 'valibot'
import { createLineSplitter } from '../../data/lines.ts'
import type { ModelText } from '../../data/model-text.ts'
import { UserError } from '../../shared/error.ts'
import { problemOf } from '../../shared/issue.ts'
import { t } from '../../shared/l10n.ts'
import {
  type ModelAnswers,
  type PredictionReply,
  PredictionRequest,
} from '../../shared/prediction-protocol.ts'
import type { OpenModels } from './open-models.ts'
import type { Predictor } from './predict.ts'
import { createTextQueue, type Job } from './text-queue.ts'

/** A batch may take about so long: what comes meanwhile waits, be it a cancellation or the text under the mouse. */
const BATCH_MS = 25
const FIRST_BATCH = 8
const LARGEST_BATCH = 512
/** Characters of a request; 32 MB is more than a document that the editor opens as one. */
const LONGEST_LINE = 1 << 25

export interface PredictionServer {
  /** Takes a piece of standard input. */
  push(text: string): void
}

/**
 * Answers requests, a batch at a time.
 *
 * @param send resolves when there is room for more
 * @param log takes the stack of a defect
 */
export function createPredictionServer(
  models: OpenModels,
  send: (reply: PredictionReply) => Promise<void>,
  log: (text: string) => void,
): PredictionServer {
  const queue = createTextQueue()
  const opening = new Set<number>()
  const toOpen: { readonly id: number; readonly model: string }[] = []
  /** Texts that one batch takes, by model. */
  const sizes = new Map<string, number>()
  const lines = createLineSplitter()
  let skipping = false
  let working = false

  const fail = (id: number | null, message: string) => send({ reply: 'failed', id, message })

  /** What went wrong with a model, in one line. */
  const said = (model: string, error: unknown): string => {
    if (error instanceof UserError) return error.message
    log(error instanceof Error ? (error.stack ?? error.message) : String(error))
    const reason = error instanceof Error ? error.message : String(error)
    return new UserError(t`${model}: the model cannot be run: ${reason}`).message
  }

  const computeBatch = async (): Promise<boolean> => {
    const batch = queue.next((model) => sizes.get(model) ?? FIRST_BATCH)
    if (batch === null) return false
    const { model, parts } = batch
    try {
      const predictor = await models.get(model)
      const texts = parts.flatMap((part) => part.texts)
      refusePairs(model, predictor, texts)
      const began = performance.now()
      const answers = await predictor.predict(texts)
      const wanted = (texts.length * BATCH_MS) / Math.max(0.1, performance.now() - began)
      // No more than doubled: a batch of one text says little of many.
      if (texts.length > 0) {
        const size = Math.round(Math.min(wanted, 2 * Math.max(texts.length, FIRST_BATCH)))
        sizes.set(model, Math.min(LARGEST_BATCH, Math.max(1, size)))
      }
      const width = predictor.task === 'regress' ? 1 : predictor.labels.length
      let at = 0
      for (const { job, texts } of parts) {
        for (const _ of texts) {
          job.rows.push(Array.from(answers.subarray(at, at + width), inSinglePrecision))
          at += width
        }
        if (job.rows.length === job.texts.length && queue.remove(job.id) !== undefined)
          await send({ reply: 'predicted', id: job.id, answers: answersOf(predictor), rows: job.rows })
      }
    } catch (error) {
      const message = said(model, error)
      for (const job of queue.removeModel(model)) await fail(job.id, message)
    }
    return true
  }

  const openNext = async (): Promise<boolean> => {
    const request = toOpen.shift()
    if (request === undefined) return false
    const { id, model } = request
    if (!opening.has(id)) return true
    try {
      const answers = answersOf(await models.get(model))
      if (opening.delete(id)) await send({ reply: 'opened', id, answers })
    } catch (error) {
      if (opening.delete(id)) await fail(id, said(model, error))
    }
    return true
  }

  const work = async (): Promise<void> => {
    if (working) return
    working = true
    try {
      do await setImmediate()
      while ((await openNext()) || (await computeBatch()))
    } finally {
      working = false
    }
  }

  const take = async (line: string): Promise<void> => {
    const request = parseRequest(line)
    if (typeof request === 'string') return fail(null, request)
    if (request.request === 'cancel') {
      const waited = queue.remove(request.id) !== undefined || opening.delete(request.id)
      if (waited) await send({ reply: 'cancelled', id: request.id })
      return
    }
    if (request.request === 'open') {
      opening.add(request.id)
      toOpen.push(request)
    } else {
      const job: Job = { id: request.id, model: request.model, texts: request.texts, rows: [] }
      queue.add(job)
    }
    await work()
  }

  return {
    push(text) {
      for (const { text: line } of lines.push(text)) {
        if (skipping) skipping = false
        else if (line.trim() !== '') void take(line)
      }
      if (lines.pending() <= LONGEST_LINE) return
      lines.end()
      if (!skipping) void fail(null, t`a line of more than 32 MB was left out; send fewer texts at once`)
      skipping = true
    },
  }
}

/** The request in a line, or what is wrong with it. */
function parseRequest(line: string): PredictionRequest | string {
  const begin = line.length > 60 ? `${line.slice(0, 60)} ...` : line
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch {
    return new UserError(t`not a request, as it is not JSON: ${begin}`).message
  }
  const parsed = v.safeParse(PredictionRequest, value)
  if (parsed.success) return parsed.output
  const [issue] = parsed.issues
  const where = v.getDotPath(issue)
  return new UserError(
    where === null
      ? t`not a request: ${problemOf(issue)}: ${begin}`
      : t`not a request at ${where}: ${problemOf(issue)}: ${begin}`,
  ).message
}

function refusePairs(model: string, predictor: Predictor, texts: readonly ModelText[]): void {
  const given = texts.every((text) => typeof text !== 'string')
  if (texts.length === 0 || given === (predictor.pair !== null)) return
  if (predictor.pair !== null)
    throw new UserError(
      t`${model}: this model reads pairs of texts (${predictor.pair.join(', ')}); choose one that reads single texts`,
    )
  if (texts.some((text) => typeof text !== 'string'))
    throw new UserError(
      t`${model}: this model reads single texts, and was given pairs; choose a model of pairs`,
    )
}

const answersOf = ({ task, labels, pair, unsure }: Predictor): ModelAnswers => ({
  task,
  labels: [...labels],
  pair: pair === null ? null : [pair[0], pair[1]],
  unsure,
})

/** As models answer: more digits say nothing. */
const inSinglePrecision = (value: number): number => Number(value.toPrecision(7))
