/*
 * The prediction server: a process of its own for the editor, as computing blocks the thread. It reads requests of
 * src/shared/prediction-protocol.ts from standard input and ends with it, however its parent ended.
 */
import type { PredictionReply } from '../shared/prediction-protocol.ts'
import { createOpenModels } from './prediction/open-models.ts'
import { createPredictionServer } from './prediction/server.ts'

const end = (): never => process.exit(0)

const send = (reply: PredictionReply): Promise<void> =>
  new Promise((resolve) => {
    if (process.stdout.write(`${JSON.stringify(reply)}\n`)) resolve()
    else process.stdout.once('drain', resolve)
  })

const server = createPredictionServer(
  createOpenModels(),
  send,
  (text) => void process.stderr.write(`${text}\n`),
)

process.stdout.on('error', end)
process.stderr.on('error', end)
process.stdin.setEncoding('utf8')
process.stdin.on('data', (text: string) => server.push(text))
process.stdin.on('end', end).on('close', end).on('error', end)
