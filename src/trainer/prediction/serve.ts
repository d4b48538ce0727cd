import type { PredictionReply } from '../../shared/prediction-protocol.ts'
import { createOpenModels } from './open-models.ts'
import { createPredictionServer } from './server.ts'

/** Answers the requests of standard input on standard output until one of them is closed, then ends the process. */
export function serve(): void {
  const end = (): never => process.exit(0)
  const send = (reply: PredictionReply): Promise<void> =>
    new Promise((resolve) => {
      if (process.stdout.write(`${JSON.stringify(reply)}\n`)) resolve()
      else process.stdout.once('drain', resolve)
    })
  const log = (text: string): void => void process.stderr.write(`${text}\n`)
  const server = createPredictionServer(createOpenModels(), send, log)

  process.stdout.on('error', end)
  process.stderr.on('error', end)
  process.stdin.setEncoding('utf8')
  process.stdin.on('data', (text: string) => server.push(text))
  process.stdin.on('end', end).on('close', end).on('error', end)
}
