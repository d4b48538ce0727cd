import assert from 'node:assert/strict'
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { needsEditor, root } from '../editor/installed.ts'
import { processesOf } from '../editor/processes.ts'
import { until } from '../extension/live.ts'
import { openWorkbench, type Workbench } from './workbench.ts'

test('two windows on one folder show one run', { skip: needsEditor }, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'finesse-two-'))
  t.after(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }))
  cpSync(join(root, 'media', 'samples', 'reviews.csv'), join(folder, 'reviews.csv'))
  await using first = await openWorkbench({ folder, settings: { 'finesse.keepTraining': true } })
  await using second = await first.secondWindow()
  const trainers = (): number =>
    processesOf(first.server.home).filter(({ command }) => /cli\.js (train|resume)/.test(command)).length
  const showRuns = async ({ page }: Workbench): Promise<void> => {
    await page.bringToFront()
    await page.locator('.activitybar [aria-label="Finesse"]').first().click()
  }
  try {
    await showRuns(second)
    await second.page.getByText('No model was trained here yet.').waitFor()
    await showRuns(first)
    await first.openFile('reviews.csv')
    await first.command('Finesse: Fine-tune on This File')
    const panel = first.webview()
    await panel.getByRole('tab', { name: 'Configuration' }).click()
    await panel.getByLabel('Epochs', { exact: true }).fill('60')
    await panel.locator('summary', { hasText: 'Advanced' }).click()
    await panel.getByLabel('Patience', { exact: true }).fill('500')
    await panel.getByRole('button', { name: 'Start Training' }).click()
    await panel.locator('.run-state.running').waitFor()

    await second.page.bringToFront()
    await second.treeRow(/reviews.*\d+ % · training/).waitFor()
    await second.page.locator('.statusbar-item', { hasText: 'reviews' }).first().waitFor()
    await second.treeRow(/training/).click({ noWaitAfter: true })
    const other = second.webview()
    await other.locator('.run-state.running').waitFor()
    await other.locator('canvas').first().waitFor()
    const step = async (): Promise<string> =>
      (await second.treeRow(/\d+ % · training/).innerText()).replace(/[\s\S]*?(\d+) %[\s\S]*/, '$1')
    const before = await step()
    await until('the other window sees it move', async () => (await step()) !== before)
    assert.equal(trainers(), 1)
    await second.shot('two-second')

    await other.getByRole('button', { name: 'Stop and Save' }).click()
    await other.locator('.run-state.interrupted').waitFor()
    await first.page.bringToFront()
    await panel.locator('.run-state.interrupted').waitFor()
    await first.treeRow(/reviews.*stopped/).waitFor()
    await first.shot('two-first')
    await until('its process ends', () => trainers() === 0)

    // Resumed in both at once, one process trains it.
    await Promise.all([panel, other].map((one) => one.getByRole('button', { name: 'Resume' }).click()))
    await other.locator('.run-state.running').waitFor()
    await panel.locator('.run-state.running').waitFor()
    await until('one process is left, the other refused', () => trainers() === 1)
    await second.shot('two-resumed')
  } catch (error) {
    await first.shot('failed-two-first')
    await second.shot('failed-two-second')
    throw error
  }
})
