import assert from 'node:assert/strict'
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, suite, test } from 'node:test'
import { needsEditor, root } from '../editor/installed.ts'
import { openWorkbench, type Workbench } from './workbench.ts'

suite('in Chinese', { skip: needsEditor }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'finesse-ui-'))
  let workbench: Workbench
  before(async () => {
    cpSync(join(root, 'media', 'samples', 'reviews.csv'), join(folder, 'reviews.csv'))
    workbench = await openWorkbench({ folder, chinese: true })
  })
  after(async () => {
    await workbench?.[Symbol.asyncDispose]()
    rmSync(folder, { recursive: true, force: true })
  })

  test('menus and palette', async () => {
    const menu = await workbench.fileMenu('reviews.csv')
    await menu.getByText('用此文件微调').waitFor()
    await workbench.shot('chinese-explorer-menu')
    await workbench.page.keyboard.press('Escape')
    const offered = await workbench.offered('Finesse')
    assert.ok(offered.some((label) => label.includes('用此文件微调')))
  })
})
