import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { needsEditor } from '../editor/installed.ts'
import { openPages, type Pages } from './render-page.ts'
import { checkLabelsScenes } from './scenes/check-labels.ts'

suite('the page that checks labels', { skip: needsEditor }, () => {
  let pages: Pages
  before(async () => {
    pages = await openPages()
  })
  after(() => pages?.[Symbol.asyncDispose]())

  test('keys and buttons of one name say the same, and a list is chosen from by letters', async () => {
    const { page, problems } = await pages.open(checkLabelsScenes['check-labels-many'])
    const told = (): Promise<{ type: string; decision?: { kind: string } }[]> =>
      page.evaluate('window.fromPage.splice(0)')
    assert.deepEqual(await told(), [{ type: 'ready' }])
    for (const [key, name] of [
      ['a', 'Accept A'],
      ['K', 'Keep K'],
      ['s', 'Skip S'],
      ['d', 'Delete Row D'],
      ['u', 'Undo U'],
      ['2', '2 card_not_working'],
    ] as const) {
      await page.keyboard.press(key)
      const byKey = await told()
      await page.getByRole('button', { name, exact: true }).click()
      assert.equal(byKey.length, 1, key)
      assert.deepEqual(await told(), byKey)
    }
    const list = page.getByRole('combobox', { name: 'All labels' })
    await list.focus()
    for (const key of ['d', 'a', '1', 'u']) await page.keyboard.press(key)
    await page.keyboard.press('Control+a')
    assert.deepEqual(await told(), [])
    await list.selectOption('direct_debit_arrival')
    await page.getByRole('button', { name: 'Use This Label' }).click()
    assert.deepEqual(await told(), [
      { type: 'decide', index: 11, decision: { kind: 'label', label: 'direct_debit_arrival' } },
    ])
    assert.deepEqual(problems, [])
  })

  test('without a decision there is nothing to take back; what was done and what comes is heard', async () => {
    const first = await pages.open(checkLabelsScenes['check-labels-first'])
    await first.page.keyboard.press('u')
    await first.page.getByRole('button', { name: 'Undo U' }).click({ force: true })
    assert.deepEqual(await first.page.evaluate('window.fromPage'), [{ type: 'ready' }])
    const { page } = await pages.open(checkLabelsScenes['check-labels-item'])
    const heard = await page.getByRole('status').innerText()
    assert.match(
      heard,
      /^Row 41: praise became question\. 3 of 41: .* Given: question\. Suggested: complaint\.$/,
    )
  })
})
