import * as v from 'valibot'
import { defaultOf, OPTION_NAMES, RunOptions } from '../../../src/shared/config.ts'
import type { RunEvent } from '../../../src/shared/events.ts'
import type { ToPage } from '../../../src/shared/page.ts'
import type { RunMessage, RunState } from '../../../src/shared/page-run.ts'
import type { RunRecord } from '../../../src/shared/run.ts'
import { begin, FILE, type Scene } from './scene.ts'

export const RUN = '/home/ada/reviews/.finesse/runs/20260704-101112-customer-reviews'
const STEPS = 304
const PER_EPOCH = 16

const options = v.parse(RunOptions, Object.fromEntries(OPTION_NAMES.map((name) => [name, defaultOf(name)])))

const record = (more: Partial<RunRecord> = {}): RunRecord => ({
  schema: 1,
  name: 'customer reviews',
  status: 'running',
  created: '2026-07-04T10:11:12.000Z',
  updated: '2026-07-04T10:12:12.000Z',
  error: null,
  options,
  resolved: {
    ...options,
    task: 'classify',
    metric: 'accuracy',
    strategy: 'full',
    embeddings: 'touched',
    pooling: 'mean',
    epochs: 19,
    batch: 32,
    lr: 0.0005,
    warmup_steps: 18,
    max_length: 59,
    device: 'cpu',
  },
  data: {
    train: { path: FILE, sha256: '', rows: 702 },
    more: [],
    valid: null,
    test: null,
    synonyms: null,
    text: 'text',
    label: 'sentiment',
    text_pair: null,
    labels: ['negative', 'positive'],
    target: null,
    split: { train: 488, valid: 105, test: 104 },
  },
  base: {
    kind: 'encoder',
    model: 'embedded',
    id: 'static-en',
    folder: '',
    sha256: '',
    files: {},
    layers: 0,
    hidden: 256,
  },
  progress: { epoch: 10, step: 160, steps: STEPS },
  seconds: 125,
  train_seconds: 122,
  peak_rss_mb: 1448,
  test: null,
  machine: null,
  versions: { finesse: '0.1.0', node: '20', onnxruntime: '1.30.0', platform: 'linux-x64', threads: 2 },
  ...more,
})

const noise = (i: number): number => Math.abs((Math.sin(i * 12.9898) * 43758.5453) % 1)

const course = (steps: number, isNumbers = false): RunEvent[] => [
  { event: 'phase', time: 0, phase: 'data' },
  {
    event: 'warning',
    time: 0.1,
    message: `${FILE}: 3 rows without a text left out (rows 51, 56, 700).`,
  },
  { event: 'note', time: 0.1, message: '488 rows to train on, 105 to validate, 104 to test; 2 labels.' },
  {
    event: 'note',
    time: 0.2,
    message:
      'Training the whole model, of its embeddings those that occur: 19 epochs at most, batches of 32 rows, learning rate 0.0005; at most 59 tokens of a text.',
  },
  { event: 'phase', time: 0.3, phase: 'trunk' },
  { event: 'phase', time: 0.6, phase: 'probe' },
  { event: 'phase', time: 1.1, phase: 'train' },
  ...Array.from({ length: steps }, (_, i): RunEvent[] => {
    const step = i + 1
    const time = 1.2 + 0.4 * i
    const epoch = Math.floor(i / PER_EPOCH) + 1
    const loss = 0.2 + 0.5 * Math.exp(-i / 60) + 0.2 * noise(i)
    const one: RunEvent = {
      event: 'step',
      time,
      step,
      epoch,
      loss,
      lr: 0.0005 * (1 - i / STEPS),
      gradient_norm: 1,
      tokens_per_second: 8061 + 300 * noise(i + 7),
    }
    if (step % PER_EPOCH !== 0) return [one]
    const accuracy = 0.86 - 0.2 * Math.exp(-i / 50) + 0.03 * noise(i)
    const valid = isNumbers
      ? { mse: 41.2 - epoch, rmse: 6.4, mae: 5.125, r2: accuracy, spearman: 0.8 }
      : { accuracy, f1_macro: accuracy - 0.02, f1_weighted: accuracy, auc: 0.9, log_loss: loss + 0.1 }
    return [one, { event: 'epoch', time, step, epoch, train_loss: loss, valid, best: epoch % 3 === 1 }]
  }).flat(),
]

const told = (state: RunState, steps: number, more: Partial<RunMessage> = {}): RunMessage => ({
  type: 'run',
  path: RUN,
  state,
  record: record(),
  reset: true,
  events: course(steps),
  progress: null,
  seconds: 126,
  log: [],
  problem: null,
  ...more,
})

const live = (...messages: readonly ToPage[]): Scene => ({
  page: 'panel',
  messages: [begin({ run: RUN }), ...messages],
  kept: { files: [FILE], run: RUN, part: 'live' },
})

const LOG = [
  'epoch 7: training loss 0.2494; validation accuracy 0.7048, f1_macro 0.7038, f1_weighted 0.7040, auc 0.7805',
  'onnxruntime: failed to allocate memory for requested buffer of size 536870912, at /home/ada/.vscode/extensions/finesse.finesse-0.1.0/dist/chunks/engine-4WQZ7N2A.js:1204:17',
]

export const done: RunMessage = told('done', 160, {
  seconds: null,
  record: record({
    status: 'done',
    test: { accuracy: 0.87, f1_macro: 0.86, f1_weighted: 0.87, auc: 0.93, log_loss: 0.4 },
  }),
  events: [
    ...course(160),
    { event: 'phase', time: 66, phase: 'evaluate' },
    { event: 'phase', time: 67, phase: 'export' },
  ],
})

export const runScenes = {
  'live-waiting': live(
    told('waiting', 0, {
      events: [],
      record: record({
        status: 'waiting',
        resolved: null,
        peak_rss_mb: 0,
        progress: { epoch: 0, step: 0, steps: 0 },
      }),
    }),
  ),
  'live-starting': live(
    told('running', 0, {
      seconds: 1,
      events: course(0).slice(0, 3),
      record: record({
        resolved: null,
        peak_rss_mb: 0,
        seconds: 0,
        progress: { epoch: 0, step: 0, steps: 0 },
      }),
    }),
  ),
  'live-computing': live(
    told('running', 0, {
      seconds: 41,
      events: course(0).slice(0, 5),
      progress: {
        event: 'progress',
        phase: 'trunk',
        done: 3200,
        total: 10_003,
        detail: '3200 of 10003 rows',
      },
      record: record({ peak_rss_mb: 640, seconds: 1, progress: { epoch: 0, step: 0, steps: 1600 } }),
    }),
  ),
  'live-first-steps': live(told('running', 6, { seconds: 4, record: record({ seconds: 3 }) })),
  'live-running': live(told('running', 161)),
  'live-numbers': live(
    told('running', 161, {
      events: course(161, true),
      record: record({ data: { ...record().data, target: { mean: 4, deviation: 2 }, labels: [] } }),
    }),
  ),
  'live-paused': live(told('paused', 161)),
  'live-stopped': live(told('interrupted', 161, { seconds: null })),
  'live-refused': live(told('running', 161), {
    type: 'run-refused',
    message: 'The run cannot be paused: its process does not answer.',
    canForce: false,
  }),
  'live-changed': live(told('interrupted', 161, { seconds: null }), {
    type: 'run-refused',
    message: `${FILE}: the file changed since the run began. So the run would not end as it began to: start a new one, or resume this one by force.`,
    canForce: true,
  }),
  'live-crashed': live(told('crashed', 161, { seconds: null, log: LOG })),
  'live-failed': live(
    told('failed', 33, {
      seconds: null,
      log: LOG,
      record: record({
        status: 'failed',
        error: `${FILE}: the file changed while it was read. Start the training again.`,
      }),
    }),
  ),
  'live-damaged': live(
    told('damaged', 0, {
      record: null,
      events: [],
      seconds: null,
      problem: `${RUN}: run.json is of a newer version of Finesse. Update the extension.`,
    }),
  ),
  'live-done': live(done),
  'live-ngram': live(
    told('done', 0, {
      seconds: null,
      record: record({
        status: 'done',
        resolved: null,
        base: { kind: 'ngram', model: 'ngram', id: 'ngram' },
        progress: { epoch: 0, step: 0, steps: 0 },
      }),
      events: course(0),
    }),
  ),
} satisfies Record<string, Scene>
