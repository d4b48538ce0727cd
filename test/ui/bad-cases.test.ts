import assert from 'node:assert/strict'
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, suite, type TestContext, test } from 'node:test'
import type { Locator } from 'playwright-core'
import type { RunState } from '../../src/shared/page-run.ts'
import { needsEditor, root } from '../editor/installed.ts'
import { openWorkbench, type Workbench } from './workbench.ts'

suite('what goes wrong around a training is said', { skip: needsEditor }, () => {
  const scratch = mkdtempSync(join(tmpdir(), 'finesse-bad-'))
  const folder = join(scratch, 'shop')
  const file = join(folder, 'reviews.csv')
  const aside = join(scratch, 'aside.csv')
  const full = join(scratch, 'full')
  let workbench: Workbench
  before(async () => {
    mkdirSync(folder)
    cpSync(join(root, 'media', 'samples', 'reviews.csv'), file)
    const node = join(scratch, 'node')
    const preload = join(root, 'test', 'ui', 'full-disk.mjs')
    writeFileSync(
      node,
      `#!/bin/sh\nFULL_WHILE='${full}' exec '${process.execPath}' --import '${preload}' "$@"\n`,
    )
    chmodSync(node, 0o755)
    // A setting of the machine: in a workbench in a browser a person's own settings are another machine's.
    mkdirSync(join(folder, '.vscode'))
    writeFileSync(join(folder, '.vscode', 'settings.json'), JSON.stringify({ 'finesse.nodePath': node }))
    workbench = await openWorkbench({ folder, settings: { 'finesse.keepTraining': true } })
  })
  after(async () => {
    await workbench?.[Symbol.asyncDispose]()
    rmSync(scratch, { recursive: true, force: true, maxRetries: 5 })
  })

  /** Where it fails, a screenshot says how. */
  const badCase = (name: string, see: (t: TestContext) => Promise<void>): void =>
    void test(name, async (t) => {
      try {
        await see(t)
      } catch (error) {
        await workbench.shot(`failed-${name.replaceAll(' ', '-')}`)
        throw error
      }
    })
  const page = () => workbench.webview()
  const button = (name: string): Locator => page().getByRole('button', { name, exact: true })
  const tab = (name: string): Locator => page().getByRole('tab', { name })
  const says = (text: string | RegExp): Promise<void> => page().getByText(text).first().waitFor()
  const state = (name: RunState): Promise<void> =>
    page().locator(`.run-state.${name}`).waitFor({ timeout: 300_000 })
  const told = async (text: RegExp): Promise<string> => {
    const one = workbench.notification(text).locator('.notification-list-item-message')
    await one.waitFor()
    const said = await one.innerText()
    // The next is looked for among those that come.
    await workbench.command('Notifications: Clear All Notifications')
    return said
  }
  const fill = (label: string, value: string): Promise<void> =>
    page().getByLabel(label, { exact: true }).fill(value)
  const showPanel = (): Promise<void> =>
    workbench.page.locator('.tab[data-resource-name^="webview-"]').click({ noWaitAfter: true })

  badCase('runs have no place to be kept', async (t) => {
    writeFileSync(join(folder, '.finesse'), 'a file')
    await workbench.openFile('reviews.csv')
    await workbench.command('Finesse: Fine-tune on This File')
    await tab('Configuration').click()
    await button('Start Training').click()
    const problem = page().locator('.next .problem')
    await problem.waitFor()
    const line = await problem.innerText()
    assert.match(line, /\.finesse.+a part of this path is a file/)
    t.diagnostic(line)
    await workbench.shot('bad-no-place')
    rmSync(join(folder, '.finesse'))
  })

  badCase('the disk is full', async (t) => {
    writeFileSync(full, '')
    await fill('Epochs', '3')
    await button('Start Training').click()
    await state('failed')
    const line = await page().getByRole('alert').first().innerText()
    assert.match(line, /cannot be written: the disk is full; what was saved is kept/)
    t.diagnostic(line)
    t.diagnostic(await told(/The training of reviews failed: .*the disk is full/))
    await workbench.shot('bad-disk-full')
    rmSync(full)
    await button('Resume').click()
    await state('done')
  })

  badCase('the file of a finished run is gone', async (t) => {
    renameSync(file, aside)
    await tab('Data').click()
    await says('The file is no longer there.')
    await tab('Report').click()
    await page().locator('.row-link').first().click()
    t.diagnostic(await told(/reviews\.csv: the file is not there any more/))
    await tab('Data').click()
    await button('Open in Editor').click()
    await told(/reviews\.csv: the file is not there any more/)
    await workbench.shot('bad-file-gone')
  })

  badCase('no training begins on a file that is gone', async (t) => {
    await tab('Configuration').click()
    await button('Start Training').click()
    const problem = page().locator('.next .problem')
    await problem.waitFor()
    const line = await problem.innerText()
    renameSync(aside, file)
    t.diagnostic(line)
    assert.match(line, /reviews\.csv does not exist/)
  })

  badCase('the file is changed after the run', async (t) => {
    const rows = readFileSync(file, 'utf8').split('\n')
    writeFileSync(file, [rows[0], 'A new first row of no meaning,positive', ...rows.slice(1)].join('\n'))
    await tab('Data').click()
    await says('The file was changed after it was read.')
    await tab('Report').click()
    await page().locator('.row-link').first().click()
    t.diagnostic(await told(/reviews\.csv was changed since the run: row \d+ has another text now/))
    await workbench.shot('bad-file-changed')
  })

  badCase('the file goes and comes back changed while a training goes on', async (t) => {
    await showPanel()
    await tab('Configuration').click()
    await fill('Epochs', '500')
    await page().locator('summary', { hasText: 'Advanced' }).click()
    await fill('Patience', '500')
    await fill('Name of the run', 'second')
    await button('Start Training').click()
    await state('running')
    await page().locator('canvas').first().waitFor()
    renameSync(file, aside)
    await page().getByRole('cell', { name: 'best' }).first().waitFor()
    await state('running')
    await tab('Data').click()
    await says('The file is no longer there.')
    await tab('Training').click()
    await button('Stop and Save').click()
    await state('interrupted')
    await button('Resume').click()
    const alert = page().getByRole('alert').first()
    await alert.waitFor()
    t.diagnostic(await alert.innerText())
    assert.match(await alert.innerText(), /reviews\.csv does not exist/)
    writeFileSync(file, readFileSync(aside, 'utf8').split('\n').slice(0, 300).join('\n'))
    await button('Resume').click()
    await page().getByRole('alert').getByText('the file changed since the run began').waitFor()
    t.diagnostic(await alert.innerText())
    await workbench.shot('bad-resume-changed')
    renameSync(aside, file)
    await button('Resume').click()
    await state('running')
    await button('Stop and Save').click()
    await state('interrupted')
  })
})
