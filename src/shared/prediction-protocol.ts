import * as v from 'valibot'
import { TASKS } from './config.ts'

/*
 * What the editor and the prediction server say to each other: one JSON object a line, requests on the server's
 * standard input, replies on its standard output. Every request but `cancel` has one reply with its id, in any order.
 */

/** A text, or two as a pair. */
const Text = v.union([v.string(), v.tuple([v.string(), v.string()])])

const id = v.pipe(v.number(), v.integer(), v.minValue(0))
/** Absolute path of the folder of a finished run or of an exported model. */
const model = v.pipe(v.string(), v.minLength(1))

export const PredictionRequest = v.variant('request', [
  v.object({ request: v.literal('predict'), id, model, texts: v.array(Text) }),
  /** Loads a model and says what it answers with. */
  v.object({ request: v.literal('open'), id, model }),
  /** Of a request that is not answered yet; it is answered with `cancelled`. One that is unknown means nothing. */
  v.object({ request: v.literal('cancel'), id }),
])
export type PredictionRequest = v.InferOutput<typeof PredictionRequest>

/** What a model predicts: one of the labels, or a number called `labels[0]`. */
export const ModelAnswers = v.object({
  task: v.picklist(TASKS),
  labels: v.array(v.string()),
  /** Of a model of pairs the columns it was trained on; null: it reads one text. */
  pair: v.nullable(v.tuple([v.string(), v.string()])),
  /** Below this probability its answer is called unsure, where a person says nothing else; null: it does not say. */
  unsure: v.nullable(v.number()),
})
export type ModelAnswers = v.InferOutput<typeof ModelAnswers>

export const PredictionReply = v.variant('reply', [
  v.object({
    reply: v.literal('predicted'),
    id,
    answers: ModelAnswers,
    /** A row a text: the probability of each label; or the number alone. */
    rows: v.array(v.array(v.number())),
  }),
  v.object({ reply: v.literal('opened'), id, answers: ModelAnswers }),
  v.object({ reply: v.literal('cancelled'), id }),
  v.object({
    reply: v.literal('failed'),
    /** null: of a line that was no request. */
    id: v.nullable(id),
    /** One line for the person. */
    message: v.string(),
  }),
])
export type PredictionReply = v.InferOutput<typeof PredictionReply>
