import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, suite, test } from 'node:test'
import { needsEditor, root } from '../editor/installed.ts'
import { openWorkbench, type Workbench } from './workbench.ts'

/** Three words in a row: names are shorter, but for these. */
const ENGLISH = /[A-Za-z]{2,} [a-z]{2,} [a-z]{2,}/g

suite('in Chinese', { skip: needsEditor }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'reviews-'))
  let workbench: Workbench
  before(async () => {
    cpSync(join(root, 'media', 'samples', 'reviews.csv'), join(folder, 'reviews.csv'))
    const words = ['train', 'reviews.csv', '--strategy', 'head', '--epochs', '2']
    execFileSync(process.execPath, [join(root, 'dist', 'cli.js'), ...words], { cwd: folder, stdio: 'ignore' })
    workbench = await openWorkbench({ folder, chinese: true })
  })
  after(async () => {
    await workbench?.[Symbol.asyncDispose]()
    rmSync(folder, { recursive: true, force: true })
  })

  test('menus and palette', async () => {
    const offered = await workbench.offered('Finesse')
    assert.ok(offered.some((label) => label.includes('用此文件微调')))
    const file = workbench.fileRow('reviews.csv')
    await workbench.menu(file)
    await workbench.shot('chinese-explorer-menu')
    await workbench.page.keyboard.press('Escape')
    await workbench.chooseInMenu(file, '用此文件微调')
    await workbench.webview().getByText('reviews.csv').first().waitFor()
  })

  test('runs, and every part of the panel', async () => {
    await workbench.page
      .locator('.activitybar a.action-label[aria-label^="Finesse"]')
      .click({ noWaitAfter: true })
    await workbench.treeRow('%').click({ noWaitAfter: true })
    const page = workbench.webview()
    for (const part of ['data', 'configuration', 'live', 'report']) {
      await page.locator(`#step-${part}`).click()
      // The data is English, and so are the notes that the trainer wrote into the run.
      const said = part === 'configuration' ? await page.locator(`#part-${part}`).innerText() : ''
      assert.deepEqual(said.match(ENGLISH), null)
      await workbench.shot(`chinese-${part}`)
    }
  })
})
