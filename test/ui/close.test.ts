import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, suite, test } from 'node:test'
import { readRecord } from '../../src/run/folder.ts'
import { needsEditor, root } from '../editor/installed.ts'
import { processesOf } from '../editor/processes.ts'
import { until } from '../extension/live.ts'
import { openWorkbench, type Workbench } from './workbench.ts'

suite('when the editor goes', { skip: needsEditor }, () => {
  const scratch = mkdtempSync(join(tmpdir(), 'finesse-close-'))
  const folder = join(scratch, 'shop')
  const runs = join(folder, '.finesse', 'runs')
  let workbench: Workbench
  before(async () => {
    mkdirSync(folder)
    cpSync(join(root, 'media', 'samples', 'reviews.csv'), join(folder, 'reviews.csv'))
    writeFileSync(join(folder, 'notes.txt'), 'The soup was cold.\nLovely place, great food.\n')
    const words = ['train', 'reviews.csv', '--model', 'ngram', '--out', join(scratch, 'runs')]
    execFileSync(process.execPath, [join(root, 'dist', 'cli.js'), ...words], { cwd: folder, stdio: 'ignore' })
    const [name = ''] = readdirSync(join(scratch, 'runs'))
    cpSync(join(scratch, 'runs', name, 'model'), join(folder, 'model'), { recursive: true })
    workbench = await openWorkbench({
      folder,
      settings: {
        'finesse.keepTraining': false,
        'finesse.classify': [{ model: join(folder, 'model'), files: '**/*.txt' }],
      },
    })
  })
  after(async () => {
    await workbench?.[Symbol.asyncDispose]()
    rmSync(scratch, { recursive: true, force: true, maxRetries: 5 })
  })

  const pids = (command: RegExp): number[] =>
    processesOf(workbench.server.home)
      .filter((one) => command.test(one.command))
      .map(({ pid }) => pid)
  const TRAINER = /cli\.js (train|resume)/
  const SERVER = /serve\.js/
  const run = (): string => join(runs, readdirSync(runs)[0] ?? '')
  const showRuns = async (): Promise<void> => {
    const icon = workbench.page.locator('.activitybar .action-item:not(.checked) a[aria-label^="Finesse"]')
    if (await icon.isVisible()) await icon.click({ noWaitAfter: true })
  }

  test('a reload of the window saves and stops a run that is not to go on, and it is resumed', async () => {
    try {
      await workbench.openFile('reviews.csv')
      await workbench.command('Finesse: Fine-tune on This File')
      const panel = workbench.webview()
      await panel.getByRole('tab', { name: 'Configuration' }).click()
      await panel.getByLabel('Epochs', { exact: true }).fill('500')
      await panel.locator('summary', { hasText: 'Advanced' }).click()
      await panel.getByLabel('Patience', { exact: true }).fill('500')
      await panel.getByRole('button', { name: 'Start Training' }).click()
      await panel.locator('.run-state.running').waitFor()
      await panel.locator('canvas').first().waitFor()
      assert.equal(pids(TRAINER).length, 1)
      await workbench.command('Developer: Reload Window')
      await until('the trainer ends', () => pids(TRAINER).length === 0)
      assert.equal(readRecord(run()).status, 'interrupted')
      // The page is on its way: one that has all of the extension's views.
      await workbench.reload()
      await showRuns()
      await workbench.treeRow(/reviews.*stopped/).waitFor()
      await workbench.shot('close-stopped')
      await workbench.chooseInMenu(workbench.treeRow(/reviews.*stopped/), 'Resume Run')
      await workbench.treeRow(/reviews.*training/).waitFor()
      await until('it trains', () => readRecord(run()).status === 'running')
    } catch (error) {
      await workbench.shot('failed-close-reload')
      throw error
    }
  })

  test('a killed extension host takes the prediction server with it, and no training', async () => {
    try {
      await workbench.openFile('notes.txt')
      await workbench.codeLens(/(positive|negative) .*%/).waitFor()
      const [trainer] = pids(TRAINER)
      const hosts = pids(/--type=extensionHost/)
      assert.equal(pids(SERVER).length, 1)
      assert.equal(hosts.length, 1)
      const servers = pids(SERVER)
      for (const pid of hosts) process.kill(pid, 'SIGKILL')
      await until('the prediction server ends', () => !pids(SERVER).some((pid) => servers.includes(pid)))
      assert.deepEqual(pids(TRAINER), [trainer])
      // VS Code starts another host, which finds the run.
      await until('another host', () => pids(/--type=extensionHost/).length === 1)
      await workbench.treeRow(/reviews.*training/).waitFor()
      await workbench.command('Finesse: Save and Stop Training')
      await workbench.pick('reviews')
      await workbench.treeRow(/reviews.*stopped/).waitFor()
      await until('the trainer ends', () => pids(TRAINER).length === 0)
      await workbench.shot('close-host-killed')
    } catch (error) {
      await workbench.shot('failed-close-host')
      throw error
    }
  })
})
