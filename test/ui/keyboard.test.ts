import assert from 'node:assert/strict'
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { needsEditor, root } from '../editor/installed.ts'
import { openWorkbench } from './workbench.ts'

/** What has the focus in the page, and whether a person sees that. */
interface Focus {
  readonly name: string
  readonly isVisible: boolean
}

/** More keys than any way through a part takes. */
const MOST = 80

test('from a file to the report by keys alone', { skip: needsEditor, timeout: 900_000 }, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'finesse-keys-'))
  t.after(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }))
  cpSync(join(root, 'media', 'samples', 'reviews.csv'), join(folder, 'reviews.csv'))
  await using workbench = await openWorkbench({ folder, settings: { 'finesse.keepTraining': true } })
  const { page } = workbench
  const panel = workbench.webview()
  const press = (key: string): Promise<void> => page.keyboard.press(key)
  const focus = async (): Promise<Focus> => {
    const focused = panel.locator(':focus')
    if ((await focused.count()) === 0) return { name: 'nothing', isVisible: false }
    const { outlineStyle, outlineWidth } = await focused.evaluate((element) => {
      const { getComputedStyle } = element.ownerDocument.defaultView
      const { outlineStyle, outlineWidth } = getComputedStyle(element)
      return { outlineStyle, outlineWidth }
    })
    return {
      name: (await focused.ariaSnapshot()).replace(/^- /, '').split('\n')[0] ?? '',
      isVisible: outlineStyle !== 'none' && outlineWidth !== '0px',
    }
  }
  const stops: string[] = []
  /** Presses Tab until what has this name has the focus; each stop on the way is seen and has a name. */
  const tabTo = async (wanted: RegExp): Promise<void> => {
    for (let i = 0; i < MOST; i++) {
      const { name, isVisible } = await focus()
      if (name !== 'nothing') {
        stops.push(name)
        assert.match(name, /"[^"]+"|^text: \S/, `a stop after ${stops.at(-2)} has a name`)
        assert.ok(isVisible, `the focus is seen at ${name}`)
        if (wanted.test(name)) return
      }
      await press('Tab')
    }
    assert.fail(`no way by Tab to ${wanted}: ${stops.join(' | ')}`)
  }
  const heard = panel.locator('#part-live .only-heard[role=status]')
  try {
    await press('Control+P')
    await page.locator('.quick-input-widget input.input').first().waitFor({ state: 'visible' })
    await page.keyboard.type('reviews.csv')
    await page.locator('.quick-input-list .monaco-list-row.focused', { hasText: 'reviews.csv' }).waitFor()
    await press('Enter')
    await page.locator('.tab[data-resource-name="reviews.csv"]').waitFor()
    await workbench.command('Finesse: Fine-tune on This File')
    await panel.getByText('2 labels').waitFor()

    await tabTo(/^tab "1 Data"/)
    await tabTo(/^grid "Rows of the file"/)
    await press('ArrowDown')
    await panel.locator('#row-2[aria-selected=true]').waitFor()
    await workbench.shot('keyboard-rows')
    await tabTo(/^button "Configure Training"/)
    await press('Enter')
    await panel.locator('#step-configuration[aria-selected=true]').waitFor()
    assert.match((await focus()).name, /Configuration/)

    await tabTo(/^textbox "Epochs"/)
    await page.keyboard.type('3')
    await workbench.shot('keyboard-configuration')
    await tabTo(/^button "Start Training"/)
    await press('Enter')
    await panel.locator('#step-live[aria-selected=true]').waitFor()
    assert.match((await focus()).name, /Training/)

    await heard.getByText(/^Running, /).waitFor({ state: 'attached' })
    t.diagnostic(`heard: ${await heard.innerText()}`)
    await heard.getByText(/^Done/).waitFor({ state: 'attached', timeout: 300_000 })
    t.diagnostic(`heard: ${await heard.innerText()}`)

    await press('ArrowRight')
    await panel.locator('#step-report[aria-selected=true]').waitFor()
    assert.match((await focus()).name, /Report/)
    await tabTo(/^button "row \d+"/)
    await workbench.shot('keyboard-report')
    await press('Enter')
    await page.locator('.monaco-editor.focused').first().waitFor()
    t.diagnostic(`stops: ${stops.join(' | ')}`)
  } catch (error) {
    await workbench.shot('failed-keyboard')
    throw error
  }
})
