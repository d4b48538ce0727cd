import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Phase, ProgressEvent, RunEvent } from '../../../src/shared/events.ts'
import { cut, duration, table, width } from '../../../src/trainer/cli/format.ts'
import { createReporter, type Reporter } from '../../../src/trainer/cli/output.ts'

const phase = (name: Phase): RunEvent => ({ event: 'phase', time: 0, phase: name })
const note = (message: string): RunEvent => ({ event: 'note', time: 0, message })
const progress = (name: Phase, done: number, total: number): ProgressEvent => ({
  event: 'progress',
  phase: name,
  done,
  total,
  detail: `step ${done} of ${total}`,
})

function reporter(options: { terminal: boolean; json: boolean }): {
  reporter: Reporter
  out: () => string
  err: () => string
  wait: (ms: number) => void
} {
  let out = ''
  let err = ''
  let time = 1e6
  const stream = (write: (text: string) => void) => ({ write, isTTY: options.terminal, columns: 80 })
  return {
    reporter: createReporter({
      json: options.json,
      stdout: {
        write: (text) => {
          out += text
        },
      },
      stderr: stream((text) => {
        err += text
      }),
      now: () => time,
    }),
    out: () => out,
    err: () => err,
    wait: (ms) => {
      time += ms
    },
  }
}

/** What a terminal shows in the end. */
const screen = (text: string): string =>
  text
    .split('\n')
    .map((line) => line.slice(line.lastIndexOf('\x1b[2K') + 1).replace(/^\[2K/, ''))
    .join('\n')

test('nothing is said until the inputs are found good', () => {
  for (const json of [false, true])
    for (const terminal of [false, true]) {
      const failed = reporter({ terminal, json })
      for (const event of [phase('data'), note('a'), phase('model'), note('b')]) failed.reporter.event(event)
      failed.reporter.event(progress('model', 1, 2))
      failed.reporter.close()
      assert.equal(failed.out(), '')
      assert.equal(screen(failed.err()).replaceAll('\r', ''), '')
      if (!terminal) assert.equal(failed.err(), '')
    }
  const begun = reporter({ terminal: false, json: false })
  for (const event of [phase('data'), note('a'), phase('model'), note('b'), phase('ngram')])
    begun.reporter.event(event)
  assert.equal(
    begun.err(),
    'Reading the data ...\na\nOpening the model ...\nb\nTraining the n-gram model ...\n',
  )
})

test('elsewhere than on a terminal progress is a line every few seconds', () => {
  const { reporter: r, err, wait } = reporter({ terminal: false, json: false })
  r.event(phase('train'))
  for (let step = 1; step <= 100; step++) {
    wait(1000)
    r.event(progress('train', step, 100))
  }
  r.close()
  const lines = err().trim().split('\n').slice(1)
  assert.ok(lines.length >= 10 && lines.length <= 20, `${lines.length} lines`)
  assert.match(lines[2] ?? '', /^Training: 1\d %, step 1\d of 100, 1 min 25 s left$/)
})

test('on a terminal the bar is one line, and is gone at the end', () => {
  const { reporter: r, err, wait } = reporter({ terminal: true, json: false })
  r.event(phase('train'))
  for (let step = 1; step <= 50; step++) {
    wait(50)
    r.event(progress('train', step, 50))
    if (step === 25) r.event(note('half'))
  }
  r.close()
  assert.equal(screen(err()).replaceAll('\r', ''), 'half\nTraining: 2.5 s\n')
  for (const bar of err().split('\x1b[2K')) assert.ok(width(bar.replace(/[\r\n][\s\S]*$/, '')) < 80)
})

test('json puts every event in a line and progress nowhere', () => {
  const { reporter: r, out, err } = reporter({ terminal: false, json: true })
  const events = [phase('data'), note('a\nb'), phase('train')]
  for (const event of events) r.event(event)
  r.event(progress('train', 1, 2))
  r.close()
  assert.deepEqual(
    out()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line)),
    events,
  )
  assert.equal(err(), '')
})

test('columns line up in every script', () => {
  assert.equal(
    table([
      ['', 'n'],
      ['外卖', '1'],
      ['ab', '10'],
    ]),
    '       n\n外卖   1\nab    10\n',
  )
  assert.equal(width('e\u0301'), 1)
  assert.equal(cut('外卖外卖', 5), '外卖…')
  assert.deepEqual([0.04, 9.94, 9.96, 59.6, 3599.6, 7260].map(duration), [
    '0.0 s',
    '9.9 s',
    '10 s',
    '1 min 0 s',
    '1 h 0 min',
    '2 h 1 min',
  ])
})
