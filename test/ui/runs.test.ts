import assert from 'node:assert/strict'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { createRun, writeRecord } from '../../src/run/folder.ts'
import { appendEvent } from '../../src/run/metrics.ts'
import { needsEditor, root } from '../editor/installed.ts'
import { processesOf } from '../editor/processes.ts'
import { sampleRecord } from '../run/sample.ts'
import { openWorkbench } from './workbench.ts'

test('the explorer of runs: empty, the sample, and runs in every state', { skip: needsEditor }, async (t) => {
  const scratch = mkdtempSync(join(tmpdir(), 'finesse-runs-'))
  t.after(() => rmSync(scratch, { recursive: true, force: true, maxRetries: 5 }))
  const folder = join(scratch, 'reviews')
  mkdirSync(folder)
  cpSync(join(root, 'media', 'samples'), folder, { recursive: true })
  await using workbench = await openWorkbench({ folder })
  const { page, server } = workbench

  await page.locator('.activitybar [aria-label="Finesse"]').first().click()
  await page.getByText('No model was trained here yet.').waitFor()
  await page.mouse.move(700, 400)
  await workbench.shot('runs-welcome')
  const offered = await workbench.offered('Finesse: ')
  assert.ok(offered.some((label) => label.includes('Try the Sample')))
  for (const none of [
    'Save and Stop',
    'Resume',
    'Rename',
    'Delete',
    'Compare',
    'Export',
    'Use for Prediction',
  ])
    assert.ok(!offered.some((label) => label.includes(none)), `${none} is not offered without runs`)

  await page.getByRole('button', { name: 'Try the Sample' }).first().click()
  await page.locator('.statusbar-item', { hasText: 'reviews' }).waitFor()
  await workbench
    .treeRow(/reviews.*(%|training|reading|computing|probe)/)
    .first()
    .waitFor()
  await workbench.shot('runs-training')
  await workbench
    .treeRow(/accuracy \d/)
    .first()
    .waitFor({ timeout: 240_000 })
  await page.locator('.statusbar-item', { hasText: 'reviews' }).waitFor({ state: 'detached' })

  fillStates(join(folder, '.finesse', 'runs'), join(folder, 'headlines.csv'))
  await workbench
    .treeRow(/stopped unexpectedly/)
    .first()
    .waitFor()
  await workbench.treeRow('made by a newer Finesse').first().waitFor()
  await workbench.shot('runs-states')
  await workbench.menu(workbench.treeRow(/accuracy \d/))
  await workbench.shot('runs-menu')
  await page.keyboard.press('Escape')
  const left = processesOf(server.home).filter(({ command }) => command.includes('cli.js'))
  assert.deepEqual(left, [])
})

function fillStates(out: string, file: string): void {
  const train = { path: file, sha256: 'a'.repeat(64), rows: 545 }
  const record = { ...sampleRecord, data: { ...sampleRecord.data, train }, peak_rss_mb: 412 }
  const progress = { epoch: 1, step: 40, steps: 120 }
  const earlier = (minutes: number): Date => new Date(Date.now() - minutes * 60_000)
  const add = (name: string, minutes: number, change: Partial<typeof record>): string =>
    createRun({ out, name, now: earlier(minutes), record: { ...record, ...change } }).path
  add('headlines small steps', 3, { status: 'interrupted', progress })
  const crashed = add('headlines long texts', 50, { progress })
  writeFileSync(join(crashed, 'log.txt'), `${new Date().toISOString()} epoch 1: training loss 0.71\n`)
  appendEvent(crashed, { event: 'phase', time: 1, phase: 'train' })
  add('headlines, every layer', 400, {
    status: 'failed',
    error: 'Step 12: loss and gradient are no finite numbers any more, so training diverged.',
    progress,
  })
  const done = add('headlines', 3000, { status: 'done', progress })
  const kept = JSON.parse(readFileSync(join(done, 'run.json'), 'utf8'))
  const test = { accuracy: 0.874, f1_macro: 0.87, f1_weighted: 0.87, auc: 0.97, log_loss: 0.41 }
  writeRecord(done, { ...kept, test })
  mkdirSync(join(out, '20240101-000000-newer'))
  writeFileSync(join(out, '20240101-000000-newer', 'run.json'), '{"schema": 99}')
}
