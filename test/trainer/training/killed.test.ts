import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { createRandom } from '../../../src/data/random.ts'
import { readRecord } from '../../../src/run/folder.ts'
import { needsShared } from '../../shared.ts'
import { cli, finesse, needsBuild } from '../cli/cli.ts'
import { assertSameRun } from './same-run.ts'
import { onlyRun, STORIES, sampleFile } from './small-run.ts'

const onWindows = process.platform === 'win32' && 'signals kill at once on Windows'
const skip = needsShared || needsBuild || onWindows
const SEED = 42
const KILLS = 30
const KILLS_OF_A_RUN = 6
const OPTIONS =
  `--model ${STORIES} --strategy last:2 --epochs 6 --set patience=6 --max-length 24 --json`.split(' ')

interface Ended {
  readonly code: number | null
  readonly signal: string | null
  readonly err: string
}

/**
 * Calls the command and sends it a signal when it has written a line that `when` names, and a moment more, or when
 * `latest` has passed; in milliseconds.
 */
async function interrupted(
  args: readonly string[],
  cwd: string,
  signal: NodeJS.Signals,
  when: (line: string, count: number) => boolean,
  moment = 0,
  latest = Number.POSITIVE_INFINITY,
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
  const timer = Number.isFinite(latest) ? setTimeout(() => child.kill(signal), latest) : undefined
  const [code, by] = await once(child, 'close')
  clearTimeout(timer)
  return { code, signal: by, err }
}

/** Calls the command and kills it so many milliseconds later; `last` is the last event that it told. */
async function killedAfter(
  args: readonly string[],
  cwd: string,
  moment: number,
): Promise<Ended & { readonly last: string }> {
  let last = 'start'
  const see = (line: string): boolean => {
    last = /"(?:phase":"(\w+)|event":"(step|epoch|done))"/.exec(line)?.slice(1).find(Boolean) ?? last
    return false
  }
  const ended = await interrupted(args, cwd, 'SIGKILL', see, 0, moment)
  return { ...ended, last }
}

/** The run in a folder, once it has a record: before that there is nothing to go on with. */
const begunRun = (out: string): string | null => {
  const names = existsSync(out) ? readdirSync(out) : []
  const name = names.find((found) => existsSync(join(out, found, 'run.json')))
  return name === undefined ? null : join(out, name)
}

test('killed at 30 random moments, runs go on to the bytes of an undisturbed one', {
  skip: needsBuild || onWindows,
}, async (t) => {
  const file = sampleFile(t, 40)
  const folder = dirname(file)
  const args = (out: string): readonly string[] => [
    'train',
    file,
    ...'--epochs 3 --json --out'.split(' '),
    out,
  ]
  const started = performance.now()
  const undisturbed = finesse(args('whole'), { cwd: folder })
  const duration = performance.now() - started
  assert.equal(undisturbed.code, 0, undisturbed.err)
  const whole = onlyRun(join(folder, 'whole'))

  const random = createRandom(SEED, 'moments of the kills')
  const told: string[] = []
  // How long a process lasts that nobody kills: the last one's time, as other work comes and goes on the machine.
  const span = { train: duration, resume: duration }
  for (let runs = 1; told.length < KILLS; runs++) {
    const out = join(folder, `cut ${runs}`)
    let when = `run ${runs}, seed ${SEED}, killed`
    // The last process of each run is left alone.
    for (let left = KILLS_OF_A_RUN; left >= 0; left--) {
      const run = begunRun(out)
      const kind = run === null ? 'train' : 'resume'
      const moment = left === 0 ? Number.POSITIVE_INFINITY : (0.05 + 0.9 * random.next()) * span[kind]
      const begun = performance.now()
      const { code, signal, err, last } = await killedAfter(
        run === null ? args(out) : ['resume', run, '--json'],
        folder,
        moment,
      )
      if (signal === null) {
        assert.equal(code, 0, err)
        span[kind] = performance.now() - begun
        break
      }
      assert.equal(signal, 'SIGKILL')
      const at = `${moment.toFixed(0)} ms (${last})`
      told.push(at)
      when += `, ${at}`
    }
    const run = begunRun(out)
    assert.ok(run)
    assertSameRun(run, whole, when)
    rmSync(out, { recursive: true })
  }
  t.diagnostic(`seed ${SEED}, an undisturbed run ${duration.toFixed(0)} ms, killed after: ${told.join(', ')}`)
})

test('where the system refuses a write, the command ends in one line and resume goes on', {
  skip: needsBuild || onWindows,
}, (t) => {
  const file = sampleFile(t, 40)
  const folder = dirname(file)
  const words = ['train', file, '--epochs', '1', '--out', 'cut']
  // Blocks of 512 or 1024 bytes: room for the cache and the scores, not for the weights.
  const { status, stderr } = spawnSync(
    'sh',
    ['-c', 'ulimit -f 4000; exec "$@"', 'sh', process.execPath, cli, ...words],
    {
      cwd: folder,
      encoding: 'utf8',
    },
  )
  assert.equal(status, 1, stderr)
  const last = stderr.trimEnd().split('\n').at(-1) ?? ''
  assert.match(last, /^finesse: .*cannot be written: the file would be larger than .*resume the run/)
  assert.doesNotMatch(stderr, /^ +at /m)
  const run = onlyRun(join(folder, 'cut'))
  const { status: said, error } = readRecord(run)
  assert.deepEqual([said, error], ['failed', last.replace('finesse: ', '')])
  assert.deepEqual(readdirSync(join(run, 'checkpoints')), [])
  const resumed = finesse(['resume', run], { cwd: folder })
  assert.equal(resumed.code, 0, resumed.err)
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
