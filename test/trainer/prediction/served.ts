import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import type { TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'
import * as v from 'valibot'
import { createLineSplitter } from '../../../src/data/lines.ts'
import { PredictionReply } from '../../../src/shared/prediction-protocol.ts'

export const serve = fileURLToPath(new URL('../../../dist/serve.js', import.meta.url))

/** Why tests of the built server are left out, or false where it is built: `npm test` builds it. */
export const needsBuild: string | false = existsSync(serve) ? false : 'needs npm run build'

export type Reply<T extends PredictionReply['reply']> = Extract<PredictionReply, { reply: T }>

/** The built server as a process, which goes when the test ends. */
export function startServer(t: TestContext) {
  const child = spawn(process.execPath, [serve], { stdio: ['pipe', 'pipe', 'pipe'] })
  t.after(() => child.kill('SIGKILL'))
  const ended = once(child, 'close').then(([code]) => code)
  const lines = createLineSplitter()
  const replies: PredictionReply[] = []
  const waiting = new Set<() => void>()
  let errors = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    for (const { text: line } of lines.push(text)) replies.push(v.parse(PredictionReply, JSON.parse(line)))
    for (const wake of waiting) wake()
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text
  })

  /** The reply to a request; null: to a line that was none. */
  const reply = async (id: number | null): Promise<PredictionReply> => {
    for (;;) {
      const found = replies.find((one) => one.id === id)
      if (found !== undefined) return found
      await new Promise<void>((resolve) => {
        const wake = () => {
          waiting.delete(wake)
          resolve()
        }
        waiting.add(wake)
      })
    }
  }
  return {
    child,
    ended,
    replies,
    errors: () => errors,
    write: (line: string) => void child.stdin.write(`${line}\n`),
    send: (request: unknown) => void child.stdin.write(`${JSON.stringify(request)}\n`),
    reply,
    /** The reply, which must be of this kind. */
    async expect<T extends PredictionReply['reply']>(id: number | null, kind: T): Promise<Reply<T>> {
      const found = await reply(id)
      const is = (one: PredictionReply): one is Reply<T> => one.reply === kind
      if (is(found)) return found
      throw new Error(`not ${kind}: ${JSON.stringify(found)}`)
    },
  }
}
