import assert from 'node:assert/strict'
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, suite, test } from 'node:test'
import { needsEditor, root } from '../editor/installed.ts'
import { openWorkbench, type Workbench } from './workbench.ts'

suite('the packed extension in a workbench', { skip: needsEditor }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'finesse-ui-'))
  let workbench: Workbench
  before(async () => {
    cpSync(join(root, 'media', 'samples', 'reviews.csv'), join(folder, 'reviews.csv'))
    writeFileSync(join(folder, 'notes.txt'), 'The soup was cold.\n')
    workbench = await openWorkbench({ folder })
  })
  after(async () => {
    await workbench?.[Symbol.asyncDispose]()
    rmSync(folder, { recursive: true, force: true })
  })

  test('offers to fine-tune in the menu of a table and not of a text', async () => {
    const { page } = workbench
    const menu = await workbench.menu(workbench.fileRow('reviews.csv'))
    await menu.getByText('Fine-tune on This File').waitFor()
    await workbench.shot('explorer-menu')
    await page.keyboard.press('Escape')
    const other = await workbench.menu(workbench.fileRow('notes.txt'))
    assert.equal(await other.getByText('Fine-tune on This File').count(), 0)
    await page.keyboard.press('Escape')
  })
})
