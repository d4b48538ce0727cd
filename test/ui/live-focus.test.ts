import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import type { Page } from 'playwright-core'
import { needsEditor } from '../editor/installed.ts'
import { openPages, type Pages } from './render-page.ts'
import { type Scene, scenes } from './scenes/all.ts'

suite('the focus where a run ends under it', { skip: needsEditor }, () => {
  let pages: Pages
  before(async () => {
    pages = await openPages()
  })
  after(() => pages?.[Symbol.asyncDispose]())

  const scene = (name: string): Scene => {
    const found = scenes[name]
    assert.ok(found, name)
    return found
  }
  /** With the keyboard on a button of the run that goes. */
  const on = async (button: string): Promise<Page> => {
    const { page } = await pages.open(scene('live-running'))
    for (let i = 0; i < 20; i++) {
      if ((await focused(page)) === button) return page
      await page.keyboard.press('Tab')
    }
    return assert.fail(`no way to ${button}`)
  }
  const focused = (page: Page): Promise<string> =>
    page.evaluate<string>(
      'document.activeElement === document.body ? "the page" : document.activeElement.textContent',
    )
  const become = async (page: Page, name: string): Promise<void> => {
    const message = scene(name).messages.find(({ type }) => type === 'run')
    await page.evaluate(`window.postMessage(${JSON.stringify(message)}, '*')`)
  }

  for (const [state, next] of [
    ['live-done', 'Show Report'],
    ['live-crashed', 'Resume'],
    ['live-paused', 'Continue'],
    ['live-damaged', 'customer-reviews'],
  ] as const)
    test(`${state}: goes on to ${next}`, async () => {
      const page = await on('Pause')
      await become(page, state)
      await page.locator('.run-state:not(.running)').waitFor()
      assert.notEqual(await focused(page), 'the page')
      assert.match(await focused(page), new RegExp(next))
      await page.close()
    })

  test('is left where it is when it was not on a button of the run', async () => {
    const { page } = await pages.open(scene('live-running'))
    await page.locator('#step-live').focus()
    await become(page, 'live-done')
    await page.getByRole('button', { name: 'Show Report' }).waitFor()
    assert.match(await focused(page), /Training/)
    await page.close()
  })
})
