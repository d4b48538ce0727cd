import assert from 'node:assert/strict'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite, type TestContext, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import * as v from 'valibot'
import { readReport } from '../../../src/extension/panel/report-feed.ts'
import { problemMessage, runMessages } from '../../../src/extension/panel/run-feed.ts'
import { createRunPart } from '../../../src/extension/panel/run-part.ts'
import { createRun } from '../../../src/run/folder.ts'
import { UserError } from '../../../src/shared/error.ts'
import type { RunEvaluation, TestPrediction } from '../../../src/shared/evaluation.ts'
import type { RunEvent } from '../../../src/shared/events.ts'
import { ToPage } from '../../../src/shared/page.ts'
import { sampleRecord, temporaryFolder } from '../../run/sample.ts'

const scores = { accuracy: 0.5, f1_macro: 0.5, f1_weighted: 0.5, auc: null, log_loss: 0.7 }
const evaluation: RunEvaluation['test'] = {
  rows: 4,
  ...scores,
  precision_macro: 0.5,
  recall_macro: 0.5,
  precision_weighted: 0.5,
  recall_weighted: 0.5,
  classes: ['a', 'b'].map((label) => ({ label, precision: 0.5, recall: 0.5, f1: 0.5, support: 2 })),
  confusion: [
    [1, 1],
    [1, 1],
  ],
}

const predictions: TestPrediction[] = [
  { row: 1, text: 'one', label: 'a', predicted: 'a', probabilities: { a: 0.9, b: 0.1 } },
  { row: 2, text: 'two\nlines', label: 'a', predicted: 'b', probabilities: { a: 0.4, b: 0.6 } },
  { row: 3, text: 'x'.repeat(5000), label: 'b', predicted: 'a', probabilities: { a: 0.8, b: 0.2 } },
  { row: 4, text: 'four', label: 'b', predicted: 'b', probabilities: { a: 0.3, b: 0.7 } },
]

function finishedRun(t: TestContext): string {
  const record = { ...sampleRecord, status: 'done' as const }
  const { path } = createRun({ out: temporaryFolder(t), name: 'feed', record })
  const whole: RunEvaluation = {
    schema: 1,
    labels: ['a', 'b'],
    valid: evaluation,
    test: evaluation,
    before: { majority: scores, ngram: scores, probe: scores },
    export_difference: 0,
  }
  writeFileSync(join(path, 'evaluation.json'), JSON.stringify(whole))
  writeFileSync(
    join(path, 'predictions.jsonl'),
    predictions.map((row) => `${JSON.stringify(row)}\n`).join(''),
  )
  return path
}

const change = (path: string, file: string, edit: (text: string) => string): void =>
  writeFileSync(join(path, file), edit(readFileSync(join(path, file), 'utf8')))

suite('the report of a run', () => {
  test('has the most certain mistakes first, their texts in one short line, and rows of each cell', async (t) => {
    const { message, cell, slice, testRow } = await readReport(finishedRun(t))
    assert.ok(v.is(ToPage, message))
    assert.equal(message.problem, null)
    assert.ok(message.report?.task === 'classify')
    assert.deepEqual(
      message.report.mistakes.map(({ row }) => row),
      [3, 2],
    )
    assert.equal(message.report.mistakes[1]?.text, 'two lines')
    assert.ok((message.report.mistakes[0]?.text.length ?? 0) < 500)
    const rows = cell({ type: 'cell-request', label: 'b', predicted: 'a', from: 0 })
    assert.ok(v.is(ToPage, rows))
    assert.deepEqual([rows.total, rows.rows[0]?.row, rows.rows[0]?.probability], [1, 3, 0.8])
    assert.equal(cell({ type: 'cell-request', label: 'no', predicted: 'a', from: 0 }).total, 0)
    const words = slice({ type: 'slice-request', kind: 'length', column: null, value: '1', from: 0 })
    assert.ok(v.is(ToPage, words))
    // The mistaken one first, then the most certain.
    assert.deepEqual(
      words.rows.map(({ row }) => row),
      [3, 1, 4],
    )
    const rest = slice({ type: 'slice-request', kind: 'word', column: null, value: 'lines', from: 1 })
    assert.deepEqual([rest.total, rest.rows.length], [1, 0])
    assert.deepEqual(testRow(2, null), {
      path: '/data/headlines.csv',
      row: 2,
      column: sampleRecord.data.text,
      text: predictions[1]?.text,
    })
    assert.equal(testRow(2, 7), null)
    assert.equal(testRow(99, null), null)
  })

  test('of a damaged folder is a line that names the file', async (t) => {
    const path = finishedRun(t)
    change(path, 'predictions.jsonl', (text) => text.slice(0, -30))
    const torn = (await readReport(path)).message
    assert.equal(torn.report, null)
    assert.match(torn.problem ?? '', /predictions\.jsonl.* 4/)
    change(path, 'evaluation.json', (text) => text.replace('"rows":4', '"rows":"many"'))
    assert.match((await readReport(path)).message.problem ?? '', /evaluation\.json.*rows/)
    rmSync(join(path, 'evaluation.json'))
    assert.match((await readReport(path)).message.problem ?? '', /evaluation\.json/)
    rmSync(path, { recursive: true })
    assert.notEqual((await readReport(path)).message.problem, null)
  })

  test('of a newer version says so', async (t) => {
    const path = finishedRun(t)
    change(path, 'run.json', (text) => text.replace('"schema": 1', '"schema": 99'))
    assert.match((await readReport(path)).message.problem ?? '', /newer Finesse \(schema 99\)/)
  })
})

suite('how a run goes', () => {
  const { record } = createRecord()
  const event = (step: number): RunEvent => ({
    event: 'step',
    time: step / 50,
    step,
    epoch: 1,
    loss: 0.5,
    lr: 1e-4,
    gradient_norm: 1,
    tokens_per_second: 1000,
  })

  test('a long history comes in parts, of which the first begins anew', () => {
    const events = Array.from({ length: 5001 }, (_, i) => event(i + 1))
    const messages = runMessages('/r', { events, record, alive: true, progress: null }, true)
    assert.ok(messages.length > 1)
    assert.deepEqual(
      messages.flatMap((message) => message.events),
      events,
    )
    assert.deepEqual(
      messages.map(({ reset }) => reset),
      messages.map((_, i) => i === 0),
    )
    for (const message of messages) assert.ok(v.is(ToPage, message))
  })

  test('its state is that of record and process together, and only a running one has progress', () => {
    const progress = { event: 'progress', phase: 'trunk', done: 1, total: 2, detail: null } as const
    const [alive] = runMessages('/r', { events: [], record, alive: true, progress }, false)
    assert.deepEqual([alive?.state, alive?.progress], ['running', progress])
    assert.ok((alive?.seconds ?? -1) >= 0)
    const [dead] = runMessages('/r', { events: [], record, alive: false, progress }, false)
    assert.deepEqual([dead?.state, dead?.seconds, dead?.progress], ['crashed', null, null])
  })

  test('a crashed one tells the end of its log', (t) => {
    const path = join(temporaryFolder(t), 'run')
    mkdirSync(path)
    writeFileSync(join(path, 'log.txt'), Array.from({ length: 5000 }, (_, i) => `line ${i}\n`).join(''))
    const [message] = runMessages(path, { events: [], record, alive: false, progress: null }, false)
    assert.equal(message?.log.at(-1), 'line 4999')
    assert.ok((message?.log.length ?? 0) <= 20)
  })

  test('a folder that is gone is said', (t) => {
    const folder = temporaryFolder(t)
    assert.equal(problemMessage(folder, 'damaged').problem, 'damaged')
    assert.match(problemMessage(join(folder, 'none'), 'x').problem ?? '', /none/)
    assert.ok(v.is(ToPage, problemMessage(folder, 'damaged')))
  })
})

suite('a run in a panel', () => {
  test('is told with its report, answers the page, and is silent once disposed', async (t) => {
    const path = finishedRun(t)
    const told: ToPage[] = []
    const opened: unknown[] = []
    const resumed: string[] = []
    const reports: string[] = []
    const part = createRunPart(path, (message) => told.push(message), {
      resume: async (run, force) => {
        resumed.push(run)
        if (!force) throw new UserError('the file changed', 'changed')
      },
      openRow: async (row) => void opened.push(row),
      openReport: async (run) => void reports.push(run),
      log: (error) => assert.fail(String(error)),
    })
    t.after(() => part.dispose())
    const until = async (type: ToPage['type']): Promise<ToPage> => {
      for (let i = 0; i < 500; i++) {
        const found = told.find((message) => message.type === type)
        if (found) return found
        await sleep(20)
      }
      return assert.fail(`no ${type}`)
    }
    const run = await until('run')
    assert.ok(run.type === 'run' && run.state === 'done' && run.reset)
    await until('report')
    await part.take({ type: 'cell-request', label: 'a', predicted: 'b', from: 0 })
    await until('cell-rows')
    await part.take({ type: 'open-report' })
    assert.deepEqual(reports, [path])
    await part.take({ type: 'open-test-row', row: 2, file: null })
    assert.deepEqual(opened, [(await readReport(path)).testRow(2, null)])
    await part.take({ type: 'run-request', request: 'pause' })
    const refused = await until('run-refused')
    assert.ok(refused.type === 'run-refused' && refused.message !== '' && !refused.canForce)
    await part.take({ type: 'run-request', request: 'resume' })
    const changed = told.findLast(({ type }) => type === 'run-refused')
    assert.ok(changed?.type === 'run-refused' && changed.canForce)
    await part.take({ type: 'run-request', request: 'resume-anyway' })
    assert.deepEqual(resumed, [path, path])
    part.dispose()
    const count = told.length
    await part.take({ type: 'cell-request', label: 'a', predicted: 'b', from: 0 })
    assert.equal(told.length, count)
  })
})

function createRecord() {
  const now = new Date().toISOString()
  return { record: { schema: 1 as const, name: 'r', created: now, updated: now, ...sampleRecord } }
}
