import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, suite, test } from 'node:test'
import { needsEditor, root } from '../editor/installed.ts'
import { openWorkbench, type Workbench } from './workbench.ts'

const TEXTS = [
  'The soup was cold and the waiter did not care.',
  'Best coffee in town, and the staff remembers your name.',
  'It is a chair.',
  'Broke after two days. I want my money back.',
  'A quiet place with a lovely garden; we will come again.',
]

const PATIENCE_MS = 60_000

suite('predictions in a workbench', { skip: needsEditor }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'finesse-classify-'))
  let workbench: Workbench
  before(async () => {
    cpSync(join(root, 'media', 'samples', 'reviews.csv'), join(folder, 'reviews.csv'))
    writeFileSync(join(folder, 'notes.txt'), `${TEXTS.join('\n')}\n`)
    const out = join(folder, '.finesse', 'runs')
    const words = [
      'train',
      'reviews.csv',
      '--name',
      'reviews',
      '--out',
      out,
      '--strategy',
      'head',
      '--epochs',
      '2',
    ]
    execFileSync(process.execPath, [join(root, 'dist', 'cli.js'), ...words], { cwd: folder, stdio: 'ignore' })
    workbench = await openWorkbench({ folder, settings: { 'finesse.decorations': true } })
  })
  after(async () => {
    await workbench?.[Symbol.asyncDispose]()
    rmSync(folder, { recursive: true, force: true })
  })

  /** The palette offers what fits an editor only once it has the focus. */
  const opened = async (name: string): Promise<void> => {
    await workbench.openFile(name)
    await workbench.page.locator('.monaco-editor.focused').first().waitFor()
  }
  /** Without a command a CodeLens is no link. */
  const label = () =>
    workbench.page.locator('.codelens-decoration', { hasText: /(positive|negative) .*%/ }).first()

  test('a model is chosen for a file, and its lines have labels', async () => {
    await opened('notes.txt')
    await workbench.command('Finesse: Choose Model for This File')
    await workbench.page
      .getByText('Which model?')
      .or(workbench.page.locator('.quick-input-list'))
      .first()
      .waitFor()
    await workbench.shot('choose-model')
    await workbench.pick('reviews')
    await workbench.pick('Each Line')
    await workbench.pick('All Files of This Kind')
    await label().waitFor()
    await workbench.shot('codelens')
    const written = JSON.parse(readFileSync(join(folder, '.vscode', 'settings.json'), 'utf8'))
    const [entry] = written['finesse.classify']
    assert.match(entry.model, /^\.finesse\/runs\/\d{8}-\d{6}-reviews$/)
    assert.equal(entry.files, '**/*.txt')
  })

  test('with the setting the label stands at the end of its line too', async () => {
    // In the page, of whose types nothing is known here: text of a decoration is in no element.
    const atEnd = (): Promise<string[]> =>
      workbench.page.evaluate(`
        [...document.querySelectorAll('.view-line span')]
          .map((span) => getComputedStyle(span, '::after').content)
          .filter((content) => content.includes('%'))`)
    const end = Date.now() + PATIENCE_MS
    while ((await atEnd()).length < TEXTS.length && Date.now() < end) await workbench.page.waitForTimeout(100)
    const shown = await atEnd()
    assert.equal(shown.length, TEXTS.length, shown.join(' '))
    for (const text of shown) assert.match(text, /(positive|negative).*%/)
  })

  test('a hover says more', async () => {
    await workbench.hover('Best coffee', /Finesse, model reviews/)
    await workbench.shot('hover')
  })

  test('a file becomes a table, which is filtered and leads back to the line', async () => {
    await opened('reviews.csv')
    await workbench.command('Finesse: Choose Model for This File')
    await workbench.pick('reviews')
    await workbench.pick('This File')
    await label().waitFor()
    await workbench.command('Finesse: Classify This File')
    const page = workbench.webview()
    await page.getByText(/of 6\d\d texts shown/).waitFor()
    await workbench.shot('classified')
    await page.locator('select').selectOption({ index: 1 })
    const shown = await page.getByRole('status').innerText()
    assert.match(shown, /^\d{2,3} of \d{3} texts shown$/)
    const first = page.locator('td.line button').first()
    await first.focus()
    await workbench.page.keyboard.press('End')
    await workbench.page.keyboard.press('ArrowUp')
    await workbench.shot('classified-filtered')
    await workbench.page.keyboard.press('Enter')
    await workbench.page.locator('.monaco-editor.focused').first().waitFor()
  })

  test('a model that is deleted is said once, and the editor goes on', async () => {
    const { model } = JSON.parse(readFileSync(join(folder, '.vscode', 'settings.json'), 'utf8'))[
      'finesse.classify'
    ][0]
    await opened('notes.txt')
    rmSync(join(folder, model), { recursive: true })
    assert.ok(!existsSync(join(folder, model)))
    await workbench.page.locator('.view-line', { hasText: 'chair' }).first().click()
    await workbench.page.keyboard.type('More text. ')
    await workbench.notification(/Predictions by reviews are off/).waitFor()
    await workbench.shot('model-deleted')
  })

  test('the rows that are shown are saved as CSV, which opens', async () => {
    const page = workbench.webview()
    const status = await page.getByRole('status').innerText()
    await page.getByRole('button', { name: 'Save as CSV' }).click()
    // VS Code's own dialog, as it is in a browser: it proposes a name beside the file.
    await workbench.page.getByRole('button', { name: 'OK', exact: true }).click()
    await workbench.page.locator('.tab.active', { hasText: 'reviews-classified.csv' }).waitFor()
    const saved = readFileSync(join(folder, 'reviews-classified.csv'), 'utf8')
    assert.match(saved, /^line,label,probability,text\n/)
    // A text of the sample has a line break: lines are no rows.
    assert.equal(saved.match(/^\d+,negative,0\.\d{4},/gm)?.length, Number(/^\d+/.exec(status)?.[0]))
    assert.doesNotMatch(saved, /^\d+,positive/m)
    await workbench.shot('classified-saved')
  })
})
