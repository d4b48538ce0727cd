import assert from 'node:assert/strict'
import { appendFileSync, cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, suite, test } from 'node:test'
import { needsEditor, root } from '../editor/installed.ts'
import { openWorkbench, type Workbench } from './workbench.ts'

const FINE_TUNE = 'Finesse: Fine-tune on This File'

suite('the panel of a data file', { skip: needsEditor }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'finesse-panel-'))
  const file = join(folder, 'reviews.csv')
  let workbench: Workbench
  before(async () => {
    cpSync(join(root, 'media', 'samples', 'reviews.csv'), file)
    writeFileSync(join(folder, 'empty.csv'), '')
    workbench = await openWorkbench({ folder })
  })
  after(async () => {
    await workbench?.[Symbol.asyncDispose]()
    rmSync(folder, { recursive: true, force: true })
  })

  test('shows the rows, what they hold, and opens a finding at its line', async () => {
    await workbench.openFile('reviews.csv')
    await workbench.command(FINE_TUNE)
    const page = workbench.webview()
    await page.getByRole('heading', { name: 'reviews.csv' }).waitFor()
    await page.getByText('2 labels').waitFor()
    await page.getByText('702 rows', { exact: false }).first().waitFor()
    await page.getByRole('slider').waitFor()
    await workbench.shot('panel-data')
    await page.getByRole('button', { name: 'Open row 51 in the editor' }).click()
    await workbench.page.getByText(/^Ln 5\d, Col/).waitFor()
    await workbench.shot('panel-finding')
  })

  test('is walked by keys: rows, steps, the point where texts are cut', async () => {
    await workbench.command('View: Close Other Editors in Group').catch(() => undefined)
    const page = workbench.webview()
    await page.getByRole('grid').focus()
    for (const key of ['ArrowDown', 'PageDown', 'End']) await workbench.page.keyboard.press(key)
    await page.locator('#row-702[aria-selected=true]').waitFor()
    await page.getByRole('slider').focus()
    const before = await page.getByRole('slider').getAttribute('aria-valuenow')
    await workbench.page.keyboard.press('ArrowLeft')
    await page.getByText(`${Number(before) - 1} tokens of a text are read`, { exact: false }).waitFor()
    await page.getByRole('tab', { name: 'Data' }).focus()
    await workbench.page.keyboard.press('ArrowRight')
    await page.getByRole('button', { name: 'Start Training' }).waitFor()
    assert.equal(await page.getByLabel('Maximum length in tokens').inputValue(), String(Number(before) - 1))
    await workbench.shot('panel-configuration')
  })

  test('checks a value as it is typed, by the schema of the trainer', async () => {
    const page = workbench.webview()
    await page.getByLabel('Maximum length in tokens').fill('')
    await page.getByLabel('Epochs').fill('three')
    await page.getByText('Must be a whole number of 1 or more, or auto.').waitFor()
    assert.ok(await page.getByRole('button', { name: 'Start Training' }).isDisabled())
    await page.getByLabel('Epochs').fill('2')
    await page.getByText('Must be a whole number').waitFor({ state: 'detached' })
  })

  test('opens as JSON, and takes what is written there', async () => {
    const page = workbench.webview()
    await page.getByRole('button', { name: 'Open as JSON' }).click()
    const path = join(folder, 'reviews.finesse.json')
    await workbench.page.locator('.tab[data-resource-name="reviews.finesse.json"]').waitFor()
    assert.deepEqual(JSON.parse(readFileSync(path, 'utf8')), { text: 'text', label: 'sentiment', epochs: 2 })
  })

  test('says that the file changed, and reads it again', async () => {
    appendFileSync(file, 'One more of these,positive\n')
    const page = workbench.webview()
    await page.getByText('The file was changed after it was read.').waitFor({ state: 'attached' })
    await page.getByRole('tab', { name: 'Data' }).click()
    await page.getByRole('button', { name: 'Read Again' }).click()
    await page.getByText('703 rows', { exact: false }).first().waitFor()
  })

  test('survives a reload of the window', async () => {
    const page = workbench.webview()
    await page.getByRole('tab', { name: 'Configuration' }).click()
    // In a browser VS Code writes down its state every five seconds, and none when the window goes.
    await workbench.page.waitForTimeout(12_000)
    await workbench.reload()
    const after = workbench.webview()
    await after.getByRole('button', { name: 'Start Training' }).waitFor()
    assert.equal(await after.getByLabel('Epochs').inputValue(), '2')
  })

  test('says what a test file shares with training before anything is trained', async () => {
    const rows = readFileSync(file, 'utf8').split('\n').slice(0, 5)
    writeFileSync(
      join(folder, 'held.csv'),
      `${rows.join('\n')}\nI would not buy this kettle again,negative\n`,
    )
    const page = workbench.webview()
    await page.locator('summary', { hasText: 'Advanced' }).click()
    await page.getByLabel('Test file', { exact: true }).fill('held.csv')
    await page.getByText('held.csv: 4 rows that training has too (4 equal, 0 nearly equal).').waitFor()
    await workbench.shot('panel-named-file')
    await page.getByRole('button', { name: 'Show Them' }).click()
    await page
      .getByText('Rows of held.csv, for the test, with a text that training or validation has too: 4')
      .waitFor()
    await page.getByRole('tab', { name: 'Configuration' }).click()
    await page.getByRole('button', { name: 'Leave Them Out of Training' }).click()
    await page.locator('.named-files').getByText('the named files stay whole.').waitFor()
    await page.getByLabel('Test file', { exact: true }).fill('')
    await page.getByText('held.csv').first().waitFor({ state: 'detached' })
  })

  test('starts a training, shows it and its report', async () => {
    const page = workbench.webview()
    await page.getByRole('button', { name: 'Start Training' }).click()
    await page.getByRole('tab', { name: 'Training', selected: true }).waitFor()
    await workbench.shot('panel-training')
    await page.locator('[role=tab]:enabled', { hasText: 'Report' }).waitFor({ timeout: 240_000 })
    await workbench.shot('panel-done')
    await page.getByRole('tab', { name: 'Report' }).click()
    await workbench.shot('panel-report')
    assert.ok(existsSync(join(folder, '.finesse', 'runs')))
  })

  test('shows from the report whether more labels would help', async () => {
    await workbench.webview().getByRole('button', { name: 'Show Learning Curve' }).click()
    const page = workbench.webview()
    await page.getByRole('heading', { name: 'Would more labels help: reviews.csv' }).waitFor()
    await page.getByRole('row', { name: '100 %' }).waitFor({ timeout: 120_000 })
    assert.equal(await page.locator('tbody tr').count(), 4)
    await workbench.shot('learning-curve')
  })

  test('says in a line what is no data', async () => {
    await workbench.openFile('empty.csv')
    await workbench.command(FINE_TUNE)
    const page = workbench.webview()
    await page.getByRole('alert').getByText('is empty', { exact: false }).waitFor()
    await workbench.shot('panel-empty-file')
  })
})
