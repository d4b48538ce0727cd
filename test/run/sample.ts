import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import * as v from 'valibot'
import type { NewRun } from '../../src/run/folder.ts'
import { RunOptions } from '../../src/shared/config.ts'

/** A folder that goes when the test ends. */
export function temporaryFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'finesse-test-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

const file = { path: '/data/headlines.csv', sha256: 'a'.repeat(64), rows: 10 }

export const sampleRecord: NewRun['record'] = {
  status: 'running',
  error: null,
  options: v.parse(RunOptions, {}),
  resolved: null,
  data: {
    train: file,
    more: [],
    valid: null,
    test: null,
    synonyms: null,
    text: 'text',
    label: 'topic',
    text_pair: null,
    labels: ['a', 'b'],
    target: null,
    split: { train: 7, valid: 1, test: 2 },
  },
  base: {
    kind: 'encoder',
    model: 'embedded',
    id: 'static-en',
    folder: '/models/embedded',
    sha256: 'b'.repeat(64),
    files: {},
    layers: 0,
    hidden: 256,
  },
  progress: { epoch: 0, step: 0, steps: 0 },
  seconds: 0,
  train_seconds: 0,
  peak_rss_mb: 0,
  test: null,
  machine: null,
  versions: { finesse: '0.1.0', node: '20.19.0', onnxruntime: '1.30.0', platform: 'linux-x64', threads: 2 },
}
