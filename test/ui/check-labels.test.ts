import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, suite, test } from 'node:test'
import { createRandom } from '../../src/data/random.ts'
import { openTable } from '../../src/data/table.ts'
import { needsEditor, root } from '../editor/installed.ts'
import { openWorkbench, type Workbench } from './workbench.ts'

const CHECK = 'Finesse: Check Labels'

interface Read {
  readonly rows: readonly (readonly string[])[]
  /** Of each row the last line, from 0. */
  readonly ends: readonly number[]
}

const read = async (path: string): Promise<Read> => {
  const rows: (readonly string[])[] = []
  const begins: number[] = []
  for await (const { cells, line } of (await openTable(path)).rows()) {
    rows.push(cells)
    begins.push(line)
  }
  const lines = readFileSync(path, 'utf8').split('\r\n').length - 1
  return { rows, ends: begins.map((_, i) => (begins[i + 1] ?? lines + 1) - 2) }
}

suite('the check of labels in a workbench', { skip: needsEditor }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'finesse-check-'))
  const file = join(folder, 'reviews.csv')
  let workbench: Workbench
  let original = ''
  let before_: Read

  before(async () => {
    // The sample as a spreadsheet would write it, with one label in twenty turned round.
    const random = createRandom(7, 'flips')
    const sample = readFileSync(join(root, 'media', 'samples', 'reviews.csv'), 'utf8')
    const other: Readonly<Record<string, string>> = { positive: 'negative', negative: 'positive' }
    original = `\ufeff${sample}`
      .replaceAll(/\r?\n/g, '\r\n')
      .replaceAll(/,(positive|negative)\r\n/g, (whole, label: string) =>
        random.next() < 0.05 ? `,${other[label] ?? label}\r\n` : whole,
      )
    writeFileSync(file, original)
    before_ = await read(file)
    const words = ['train', 'reviews.csv', '--name', 'flipped', '--out', join(folder, '.finesse', 'runs')]
    execFileSync(process.execPath, [join(root, 'dist', 'cli.js'), ...words], { cwd: folder, stdio: 'ignore' })
    // In a browser VS Code saves by itself.
    workbench = await openWorkbench({ folder, settings: { 'files.autoSave': 'off' } })
  })
  after(async () => {
    await workbench?.[Symbol.asyncDispose]()
    rmSync(folder, { recursive: true, force: true })
  })

  const page = () => workbench.webview()
  const heading = (text: string | RegExp) => page().getByRole('heading', { name: text })
  /** The row in view: its number. */
  const row = async (): Promise<number> =>
    Number((await heading(/^Row [\d,]+$/).innerText()).replaceAll(/\D/g, ''))
  const place = (at: number) =>
    page()
      .locator('.place', { hasText: new RegExp(`^${at} of `) })
      .waitFor()
  const key = (name: string) => workbench.page.keyboard.press(name)
  /** The file as it must be where the labels of some rows were turned round. */
  const withTurned = (rows: readonly number[]): string => {
    const lines = original.split('\r\n')
    for (const one of rows) {
      const end = before_.ends[one - 1] ?? -1
      const turned = lines[end]?.replace(/(positive|negative)$/, (label) =>
        label === 'positive' ? 'negative' : 'positive',
      )
      assert.notEqual(turned, lines[end])
      if (turned !== undefined) lines[end] = turned
    }
    return lines.join('\r\n')
  }

  const mended: number[] = []

  test('three labels are mended by keys and one is taken back, and no other byte changes', async () => {
    await workbench.openFile('reviews.csv')
    await workbench.command(CHECK)
    await page().getByRole('button', { name: 'Cancel' }).or(heading(/^Row/)).first().waitFor()
    await heading(/^Row/).waitFor()
    await place(1)
    await workbench.shot('check-labels')
    await page()
      .locator('body')
      .click({ position: { x: 4, y: 4 } })
    for (const at of [1, 2, 3]) {
      mended.push(await row())
      await key('a')
      await place(at + 1)
    }
    assert.equal(readFileSync(file, 'utf8'), withTurned(mended))
    await key('u')
    await place(3)
    const last = mended.pop()
    assert.equal(await row(), last)
    assert.equal(readFileSync(file, 'utf8'), withTurned(mended))
    const now = await read(file)
    const changed = now.rows.flatMap((cells, i) =>
      JSON.stringify(cells) === JSON.stringify(before_.rows[i]) ? [] : [i + 1],
    )
    assert.deepEqual(
      changed,
      mended.toSorted((a, b) => a - b),
    )
    await workbench.shot('check-labels-mended')
  })

  test('what is open without being saved is asked to be saved, and then is checked again', async () => {
    // Quick open would offer the check first: its title ends in the file's name.
    await workbench.page.locator('.tab[data-resource-name="reviews.csv"]').click()
    await workbench.page.locator('.monaco-editor.focused').first().waitFor()
    await key('Control+End')
    await workbench.page.keyboard.type('A last one that is very nice,positive')
    await workbench.command(CHECK)
    await page()
      .locator('body')
      .click({ position: { x: 4, y: 4 } })
    await key('a')
    const dialog = workbench.page.locator('.monaco-dialog-box')
    await dialog.getByText('changes that are not saved').waitFor()
    await workbench.shot('check-labels-unsaved')
    await dialog.getByRole('button', { name: 'Save', exact: true }).click()
    await page().getByRole('alert').getByText('changed by something else meanwhile').waitFor()
    assert.equal(readFileSync(file, 'utf8'), `${withTurned(mended)}A last one that is very nice,positive`)
    await workbench.shot('check-labels-changed')
    await page().getByRole('button', { name: 'Check Again' }).click()
    await place(1)
  })

  test('decisions outlive a reload, and what is skipped, kept and deleted is listed', async () => {
    await page()
      .locator('body')
      .click({ position: { x: 4, y: 4 } })
    await key('s')
    await place(2)
    await key('k')
    await place(3)
    const rows = (await read(file)).rows.length
    await key('d')
    await place(4)
    assert.equal((await read(file)).rows.length, rows - 1)
    const deleted = readFileSync(file)
    // In a browser VS Code writes down its state every five seconds, and none when the window goes.
    await workbench.page.waitForTimeout(12_000)
    await workbench.reload()
    await place(4)
    await page().getByRole('listitem').filter({ hasText: 'deleted' }).waitFor()
    await page().getByRole('listitem').filter({ hasText: 'skipped' }).waitFor()
    await page().getByRole('listitem').filter({ hasText: 'kept' }).waitFor()
    assert.deepEqual(readFileSync(file), deleted)
    await page()
      .locator('body')
      .click({ position: { x: 4, y: 4 } })
    await key('u')
    await place(3)
    assert.equal((await read(file)).rows.length, rows)
    assert.equal(readFileSync(file, 'utf8'), `${withTurned(mended)}A last one that is very nice,positive`)
  })

  test('at the end the file is trained on again', async () => {
    // Faster than the page: a row that is kept twice is kept.
    const again = page().getByRole('button', { name: 'Train Again' })
    const end = Date.now() + 300_000
    while ((await again.count()) === 0 && Date.now() < end) await key('k')
    await workbench.shot('check-labels-done')
    await again.click()
    await page().getByRole('tab', { name: 'Data' }).waitFor()
    await heading('reviews.csv').waitFor()
    await page().getByRole('button', { name: 'Check Labels' }).waitFor()
  })

  test('the run before the labels were mended is compared with the one after', async () => {
    await page().getByRole('tab', { name: 'Configuration' }).click()
    await page().getByLabel('Name of the run', { exact: true }).fill('mended')
    await page().getByRole('button', { name: 'Start Training' }).click()
    await page().locator('[role=tab]:enabled', { hasText: 'Report' }).waitFor({ timeout: 240_000 })
    await workbench.command('Finesse: Compare Runs')
    await workbench.pick('mended')
    await workbench.pick('flipped')
    const lines = workbench.page.locator('.monaco-editor.focused .view-lines')
    await lines.getByText('mended (wrong, then right)').waitFor()
    await workbench.shot('check-labels-compared')
  })
})
