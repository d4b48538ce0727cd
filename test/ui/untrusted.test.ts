import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { needsEditor, root } from '../editor/installed.ts'
import { processesOf } from '../editor/processes.ts'
import { openWorkbench } from './workbench.ts'

test('a folder that is not trusted has its data shown, and nothing else until it is', {
  skip: needsEditor,
}, async (t) => {
  const scratch = mkdtempSync(join(tmpdir(), 'finesse-untrusted-'))
  t.after(() => rmSync(scratch, { recursive: true, force: true, maxRetries: 5 }))
  const folder = join(scratch, 'found')
  mkdirSync(join(folder, '.vscode'), { recursive: true })
  cpSync(join(root, 'media', 'samples', 'reviews.csv'), join(folder, 'reviews.csv'))
  writeFileSync(join(folder, 'notes.txt'), 'The soup was cold.\nLovely place, great food.\n')
  const words = ['train', 'reviews.csv', '--model', 'ngram', '--out', join(scratch, 'runs')]
  const said = execFileSync(process.execPath, [join(root, 'dist', 'cli.js'), ...words, '--json'], {
    cwd: folder,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const { run } = JSON.parse(said.slice(0, said.indexOf('\n')))
  cpSync(join(run, 'model'), join(folder, 'model'), { recursive: true })
  // What a stranger's folder would have run: it leaves a trace.
  const trace = join(scratch, 'trace')
  const node = join(folder, 'node')
  writeFileSync(node, `#!/bin/sh\necho "$@" >> '${trace}'\nexec '${process.execPath}' "$@"\n`)
  chmodSync(node, 0o755)
  const settings = { 'finesse.nodePath': node, 'finesse.classify': [{ model: 'model', files: '**/*.txt' }] }
  writeFileSync(join(folder, '.vscode', 'settings.json'), JSON.stringify(settings))

  await using workbench = await openWorkbench({
    folder,
    workspaceTrust: true,
    settings: {
      'security.workspace.trust.enabled': true,
      'security.workspace.trust.startupPrompt': 'never',
      'security.workspace.trust.untrustedFiles': 'open',
    },
  })
  const { page, server } = workbench
  const lenses = page.locator('.codelens-decoration', { hasText: /(positive|negative) .*%/ })
  const servers = () => processesOf(server.home).filter(({ command }) => /(serve|cli)\.js/.test(command))
  await page.locator('.statusbar-item', { hasText: 'Restricted Mode' }).waitFor()

  await page.locator('.activitybar [aria-label="Finesse"]').first().click()
  await page
    .getByText('This folder is not trusted: Finesse shows its data, but trains nothing and loads no model.')
    .waitFor()
  await workbench.shot('untrusted-view')
  await workbench.openFile('notes.txt')
  const offered = await workbench.offered('Finesse: ')
  assert.ok(offered.some((label) => label.includes('Fine-tune on This File')))
  for (const none of [
    'Try the Sample',
    'Classify',
    'Choose Model',
    'Turn Predictions',
    'Resume',
    'Export',
    'Use for',
  ])
    assert.ok(!offered.some((label) => label.includes(none)), `${none} is not offered`)

  await workbench.openFile('reviews.csv')
  await workbench.command('Finesse: Fine-tune on This File')
  const panel = workbench.webview()
  await panel.getByText('702 rows', { exact: false }).first().waitFor()
  await panel.getByText('2 labels').waitFor()
  await panel.getByRole('tab', { name: 'Configuration' }).click()
  await panel.getByText('This folder is not trusted: its data is shown, and nothing is trained.').waitFor()
  await panel.getByText('This folder is not trusted, so nothing is trained.', { exact: true }).waitFor()
  const start = panel.getByRole('button', { name: 'Start Training' })
  assert.ok(await start.isDisabled())
  await workbench.shot('untrusted-configuration')

  await workbench.openFile('notes.txt')
  await page.locator('.view-line', { hasText: 'Lovely' }).first().hover()
  await page.waitForTimeout(3000)
  assert.equal(await lenses.count(), 0)
  assert.equal(await page.locator('.monaco-hover:not(.hidden)', { hasText: '%' }).count(), 0)
  assert.deepEqual(servers(), [])
  assert.ok(!existsSync(trace), 'the Node of the folder was not called')

  await page.locator('.tab', { hasText: 'reviews.csv' }).last().click({ noWaitAfter: true })
  await panel.getByRole('button', { name: 'Manage Trust' }).click()
  await page
    .locator('.workspace-trust-editor')
    .getByRole('button', { name: /^Trust/ })
    .first()
    .click()
  await page.locator('.statusbar-item', { hasText: 'Restricted Mode' }).waitFor({ state: 'detached' })
  // The editor of trust is a dialog here.
  await page.locator('.workspace-trust-editor').focus()
  await page.keyboard.press('Escape')
  await page.locator('.workspace-trust-editor').waitFor({ state: 'detached' })
  await page.locator('.tab', { hasText: 'reviews.csv' }).last().click({ noWaitAfter: true })
  await panel.getByText('This folder is not trusted', { exact: false }).first().waitFor({ state: 'detached' })
  await start.and(panel.locator(':enabled')).waitFor()
  await page.locator('.tab', { hasText: 'notes.txt' }).click({ noWaitAfter: true })
  await lenses.first().waitFor()
  assert.match(readFileSync(trace, 'utf8'), /serve\.js/)
  await workbench.shot('untrusted-trusted')
})
