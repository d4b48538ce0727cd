import assert from 'node:assert/strict'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { needsEditor } from '../editor/installed.ts'
import { openWorkbench } from './workbench.ts'

test('with no folder open the sample is trained by one click, and its place is said', {
  skip: needsEditor,
}, async (t) => {
  await using workbench = await openWorkbench({ settings: { 'finesse.keepTraining': true } })
  const { page, server } = workbench
  try {
    await page.locator('.activitybar [aria-label="Finesse"]').first().click()
    await page.getByText('No model was trained here yet.').waitFor()
    await page.getByRole('button', { name: 'Try the Sample' }).first().click()
    const message = workbench
      .notification('No folder is open, so the run is kept in')
      .locator('.notification-list-item-message')
    await message.waitFor()
    const line = await message.innerText()
    t.diagnostic(line)
    const run = /kept in (.+)\.$/.exec(line)?.[1] ?? ''
    assert.ok(run.startsWith(server.home), run)
    assert.match(run, /globalStorage.finesse\.finesse.runs/)
    assert.ok(existsSync(join(run, 'run.json')))
    await workbench.webview().locator('.run-state.done').waitFor({ timeout: 300_000 })
    await workbench.treeRow(/accuracy \d/).hover()
    await workbench.shot('no-folder')
    assert.ok(readdirSync(join(run, 'model')).includes('config.json'))
    await workbench.webview().getByRole('tab', { name: 'Configuration' }).click()
    await workbench.webview().getByText('The run is kept in').waitFor()
    t.diagnostic(await workbench.webview().getByText('The run is kept in').innerText())
  } catch (error) {
    await workbench.shot('failed-no-folder')
    throw error
  }
})
