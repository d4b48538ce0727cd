import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { createRandom } from '../../../src/data/random.ts'
import { loadCheckpoint } from '../../../src/trainer/run/checkpoint.ts'
import { readRecord } from '../../../src/trainer/run/folder.ts'
import { readEvents } from '../../../src/trainer/run/metrics.ts'
import { needsShared } from '../../shared.ts'
import { cli, finesse, needsBuild } from '../cli/cli.ts'
import { bytesOf, onlyRun, STORIES, sampleFile } from './small-run.ts'

const skip = needsShared || needsBuild || (process.platform === 'win32' && 'signals kill at once on Windows')
const OPTIONS =
  `--model ${STORIES} --strategy last:2 --epochs 6 --set patience=6 --max-length 24 --json`.split(' ')

interface Ended {
  readonly code: number | null
  readonly signal: string | null
  readonly err: string
}

/** Calls the command and sends it a signal when it has written a line that `when` names, and a moment more. */
async function interrupted(
  args: readonly string[],
  cwd: string,
  signal: NodeJS.Signals,
  when: (line: string, count: number) => boolean,
  moment = 0,
): Promise<Ended> {
  const child = spawn(process.execPath, [cli, ...args], {
    cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, XDG_STATE_HOME: join(tmpdir(), 'finesse-test-state') },
  })
  let err = ''
  let count = 0
  let sent = false
  child.stderr.setEncoding('utf8').on('data', (text) => {
    err += text
  })
  createInterface({ input: child.stdout }).on('line', (line) => {
    count++
    if (sent || !when(line, count)) return
    sent = true
    void sleep(moment).then(() => child.kill(signal))
  })
  const [code, by] = await once(child, 'close')
  return { code, signal: by, err }
}

const same = (a: string, b: string): void => {
  for (const path of [['predictions.jsonl'], ['model', 'onnx', 'model.onnx'], ['model', 'README.md']])
    assert.ok(bytesOf(a, ...path).equals(bytesOf(b, ...path)), path.join('/'))
}

test('killed and killed again, a run goes on to the bytes of an undisturbed one', { skip }, async (t) => {
  const file = sampleFile(t, 60)
  const folder = dirname(file)
  const undisturbed = finesse(['train', file, ...OPTIONS, '--out', 'whole'], { cwd: folder })
  assert.equal(undisturbed.code, 0, undisturbed.err)
  const whole = onlyRun(join(folder, 'whole'))

  // The first kill comes after the first checkpoint; the later ones at any moment, also before the next one.
  const atStep = (line: string): boolean => line.includes('"event":"step"')
  const first = await interrupted(['train', file, ...OPTIONS, '--out', 'cut'], folder, 'SIGKILL', atStep)
  assert.equal(first.signal, 'SIGKILL')
  const run = onlyRun(join(folder, 'cut'))
  const random = createRandom(42, 'moments of the kills')
  let kills = 1
  for (let attempt = 0; attempt < 4; attempt++) {
    // A resumed process tells its phases, then three steps and their validation, again and again.
    const lines = 1 + Math.floor(random.next() * 10)
    const moment = random.next() * 40
    const { signal } = await interrupted(
      ['resume', run, '--json'],
      folder,
      'SIGKILL',
      (_, count) => count === lines,
      moment,
    )
    if (signal === 'SIGKILL') kills++
    assert.ok(loadCheckpoint(run, 'last'))
  }
  // On a quick machine the last ones may come too late.
  assert.ok(kills >= 3, `${kills} kills hit a living process`)
  const end = finesse(['resume', run, '--json'], { cwd: folder })
  assert.equal(end.code, 0, end.err)
  assert.match(end.out, /"event":"done"/)
  same(run, whole)
  const told = (path: string): readonly number[] =>
    readEvents(path).flatMap((event) =>
      event.event === 'step' ? [event.step, event.loss] : event.event === 'epoch' ? [event.train_loss] : [],
    )
  assert.deepEqual(told(run), told(whole))
  assert.ok(!existsSync(join(run, 'trunk.cache')))
})

test('Ctrl-C ends with 130 and the line that goes on; a finished run says so', { skip }, async (t) => {
  const file = sampleFile(t, 60)
  const folder = dirname(file)
  const args = ['train', file, ...OPTIONS, '--out', 'cut']
  let seen = 0
  const third = (line: string): boolean => line.includes('"event":"step"') && ++seen === 3
  const { code, err } = await interrupted(args, folder, 'SIGINT', third)
  assert.equal(code, 130)
  const run = onlyRun(join(folder, 'cut'))
  const [, last = ''] = err.trim().split('\n')
  assert.match(err, /^Stopping after this step, then saving\. .*\nInterrupted and saved\. Go on with: .*\n$/)
  assert.ok(last.endsWith(`resume ${join('cut', readdirSync(join(folder, 'cut'))[0] ?? '')}`), last)
  assert.equal(readRecord(run).status, 'interrupted')

  const done = finesse(['resume', run], { cwd: folder })
  assert.equal(done.code, 0, done.err)
  assert.match(done.out, /fine-tuned/)
  const before = readdirSync(run, { recursive: true })
  for (const json of [[], ['--json']]) {
    const again = finesse(['resume', run, ...json], { cwd: folder })
    assert.deepEqual([again.code, again.out], [0, ''])
    assert.match(again.err, /^[^\n]*cut[^\n]* is finished[^\n]*predict[^\n]*\n$/)
  }
  assert.deepEqual(readdirSync(run, { recursive: true }), before)
})
