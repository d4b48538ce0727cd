import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { ServerProcess } from '../../../src/extension/classify/server-process.ts'
import { temporaryFolder } from '../../run/sample.ts'

/** A server that is told by a text what to do: die, say nothing, or answer with how many processes there were. */
const SCRIPT = `
const fs = require('node:fs')
const starts = Number(fs.readFileSync(process.argv[2], 'utf8')) + 1
fs.writeFileSync(process.argv[2], String(starts))
let rest = ''
process.stdin.on('data', (data) => {
  const lines = (rest + data).split('\\n')
  rest = lines.pop()
  for (const line of lines) {
    const { request, id, texts } = JSON.parse(line)
    if (request === 'cancel') fs.appendFileSync(process.argv[2] + '.cancelled', id + '\\n')
    else if (texts[0] === 'die') { console.error('Error: as asked'); process.exit(3) }
    else if (texts[0] === 'die once' && starts === 1) process.exit(3)
    else if (texts[0] === 'refuse') console.log(JSON.stringify({ reply: 'failed', id, message: 'refused' }))
    else if (texts[0] !== 'wait')
      console.log('noise\\n' + JSON.stringify({ reply: 'predicted', id, answers: { task: 'regress', labels: ['n'], pair: null, unsure: null }, rows: texts.map(() => [starts]) }))
  }
})
process.stdin.on('end', () => process.exit(0))
`

function start(t: TestContext) {
  const folder = temporaryFolder(t)
  const [script, starts] = [join(folder, 'server.cjs'), join(folder, 'starts')]
  writeFileSync(script, SCRIPT)
  writeFileSync(starts, '0')
  const log: string[] = []
  const server = new ServerProcess(
    async () => ({ file: process.execPath, args: [script, starts], env: process.env }),
    (line) => log.push(line),
  )
  t.after(() => server.dispose())
  const ask = async (text: string, signal?: AbortSignal) =>
    (await server.predict('/model', [text], signal)).rows[0]?.[0]
  return { server, ask, log }
}

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

describe('the process of predictions', () => {
  it('is started by the first request and answers all', async (t) => {
    const { server, ask } = start(t)
    assert.equal(server.pid, null)
    assert.deepEqual(await Promise.all(['a', 'b', 'c'].map((text) => ask(text))), [1, 1, 1])
    await assert.rejects(ask('refuse'), { name: 'UserError', message: 'refused' })
    assert.equal(await ask('d'), 1)
  })

  it('is started once more when it dies over a request, and is asked again', async (t) => {
    const { ask } = start(t)
    assert.deepEqual(await Promise.all([ask('die once'), ask('a')]), [2, 2])
  })

  it('that dies twice over a request is given up, and starts again for the next', async (t) => {
    const { ask } = start(t)
    await assert.rejects(ask('die'), { name: 'UserError', message: /ended twice: Error: as asked/ })
    assert.equal(await ask('a'), 3)
  })

  it('that can not be started is said', async (t) => {
    const server = new ServerProcess(
      async () => ({ file: join(temporaryFolder(t), 'nothing'), args: [], env: {} }),
      () => undefined,
    )
    await assert.rejects(server.predict('/model', ['a']), { name: 'UserError', message: /ENOENT/ })
    server.dispose()
  })

  it('is told what is given up', async (t) => {
    const { ask } = start(t)
    await ask('a')
    const controller = new AbortController()
    const waiting = ask('wait', controller.signal)
    controller.abort()
    await assert.rejects(waiting, { name: 'AbortError' })
    await assert.rejects(ask('a', controller.signal), { name: 'AbortError' })
    assert.equal(await ask('a'), 1)
  })

  it('rests when it is asked to, after what waits is answered, and starts again for the next', async (t) => {
    const { server, ask } = start(t)
    const answer = ask('a')
    server.rest()
    assert.equal(await answer, 1)
    assert.equal(server.pid, null)
    assert.equal(await ask('a'), 2)
    server.rest()
    assert.equal(server.pid, null)
  })

  it('ends with its owner, and what waits is given up', async (t) => {
    const { server, ask } = start(t)
    await ask('a')
    const { pid } = server
    assert.ok(pid !== null && isAlive(pid))
    const waiting = ask('wait')
    server.dispose()
    await assert.rejects(waiting, { name: 'AbortError' })
    for (let tries = 0; isAlive(pid); tries++) {
      assert.ok(tries < 100)
      await sleep(50)
    }
    await assert.rejects(ask('a'), { name: 'AbortError' })
  })
})
