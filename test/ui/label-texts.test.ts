import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, suite, test } from 'node:test'
import { needsEditor, root } from '../editor/installed.ts'
import { openWorkbench, type Workbench } from './workbench.ts'

/** With line ends, quotes and a last line break that is missing: none of them may change. */
const TRAINING = `"text";"label"\r\n${readFileSync(join(root, 'media', 'samples', 'reviews.csv'), 'utf8')
  .split('\n')
  .filter((line) => /^[^",;]+,(positive|negative)$/.test(line))
  .slice(0, 120)
  .map((line) => `"${line.replace(/,(\w+)$/, '";"$1"')}`)
  .join('\r\n')}`

const UNLABELLED = [
  'The soup, cold; the waiter "busy".',
  'A lovely garden.',
  'It is a chair.',
  'Broke at once.',
]

suite('texts are labelled in a workbench', { skip: needsEditor }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'finesse-label-'))
  const training = join(folder, 'training.csv')
  let workbench: Workbench
  before(async () => {
    writeFileSync(training, TRAINING)
    writeFileSync(join(folder, 'unlabelled.txt'), `${UNLABELLED.join('\n')}\n`)
    const out = join(folder, '.finesse', 'runs')
    const words = ['train', 'training.csv', '--name', 'reviews', '--out', out, '--model', 'ngram']
    execFileSync(process.execPath, [join(root, 'dist', 'cli.js'), ...words], { cwd: folder, stdio: 'ignore' })
    workbench = await openWorkbench({ folder })
  })
  after(async () => {
    await workbench?.[Symbol.asyncDispose]()
    rmSync(folder, { recursive: true, force: true })
  })

  const page = () => workbench.webview()
  const waitFor = (words: string): Promise<void> => page().locator('header').getByText(words).waitFor()
  const text = (): Promise<string> => page().locator('.text').innerText()
  const quoted = (cell: string): string => `"${cell.replaceAll('"', '""')}"`

  test('three are labelled by keys, one is undone, and the file is as it was but for its new rows', async () => {
    await workbench.chooseInMenu(workbench.fileRow('unlabelled.txt'), 'Label Texts')
    await workbench.pick('reviews')
    await workbench.pick('training.csv')
    await waitFor('0 labelled, 0 skipped, 4 left')
    const rows: string[] = []
    for (const [i, label] of ['negative', 'positive', 'negative'].entries()) {
      const shown = await text()
      const key = await page().getByRole('button', { name: label }).locator('.key').innerText()
      await page().locator('.text').press(key)
      await waitFor(`${i + 1} labelled, 0 skipped, ${3 - i} left`)
      rows.push(`\r\n${quoted(shown)};"${label}"`)
    }
    await workbench.shot('labelling')
    assert.equal(readFileSync(training, 'utf8'), `${TRAINING}${rows.join('')}\r\n`)
    await page().locator('.text').press('u')
    await waitFor('2 labelled, 0 skipped, 2 left')
    assert.equal(readFileSync(training, 'utf8'), `${TRAINING}${rows.slice(0, 2).join('')}\r\n`)
  })

  test('after a reload of the window the page is as it was, and goes on', async () => {
    // In a browser VS Code writes down its state every five seconds, and none when the window goes.
    await workbench.page.waitForTimeout(12_000)
    await workbench.reload()
    await waitFor('2 labelled, 0 skipped, 2 left')
    await page().locator('.text').press('s')
    await waitFor('2 labelled, 1 skipped, 1 left')
  })
})
