import assert from 'node:assert/strict'
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, type TestContext, test } from 'node:test'
import type { Locator } from 'playwright-core'
import type { RunState } from '../../src/shared/page-run.ts'
import { needsEditor, root } from '../editor/installed.ts'
import { processesOf } from '../editor/processes.ts'
import { openWorkbench, type Workbench } from './workbench.ts'

/** On a busy machine the sample takes a minute or two; on a free one, seconds. */
const TRAINING_MS = 300_000

const scratch = mkdtempSync(join(tmpdir(), 'finesse-journey-'))
const folder = join(scratch, 'shop')
let workbench: Workbench

before(async () => {
  if (needsEditor) return
  mkdirSync(folder)
  cpSync(join(root, 'media', 'samples', 'reviews.csv'), join(folder, 'reviews.csv'))
  writeFileSync(
    join(folder, 'notes.txt'),
    [
      'The soup was cold and the waiter rude.',
      'We waited an hour and nobody said a word.',
      'My new kettle boils in a minute.',
      'Lovely place, friendly people, great food.',
      '',
    ].join('\n'),
  )
  workbench = await openWorkbench({ folder })
})
after(async () => {
  await workbench?.[Symbol.asyncDispose]()
  rmSync(scratch, { recursive: true, force: true, maxRetries: 5 })
})

/** A step of the journey; where it fails, a screenshot says how. */
async function step(t: TestContext, name: string, take: () => Promise<void>): Promise<void> {
  const began = performance.now()
  try {
    await take()
  } catch (error) {
    await workbench.shot(`failed-${name.replaceAll(' ', '-')}`)
    throw error
  }
  t.diagnostic(`${name}: ${((performance.now() - began) / 1000).toFixed(1)} s`)
}

const tab = (name: string): Locator => workbench.webview().getByRole('tab', { name })
const button = (name: string): Locator => workbench.webview().getByRole('button', { name, exact: true })
const says = (text: string | RegExp): Promise<void> => workbench.webview().getByText(text).first().waitFor()
/** The state beside the run's name. */
const state = (name: RunState): Promise<void> =>
  workbench.webview().locator(`.run-state.${name}`).waitFor({ timeout: TRAINING_MS })

/** The trainers of this workbench. */
const trainers = (): number[] =>
  processesOf(workbench.server.home)
    .filter(({ command }) => /cli\.js (train|resume)/.test(command))
    .map(({ pid }) => pid)

test('from a file of reviews to a label in the hover', {
  skip: needsEditor,
  timeout: 1_200_000,
}, async (t) => {
  await step(t, 'open the panel from the menu of a file', async () => {
    await workbench.chooseInMenu(workbench.fileRow('reviews.csv'), 'Fine-tune on This File')
    await tab('Data').waitFor()
  })

  await step(t, 'see the data', async () => {
    await says('702 rows')
    await says('Stapler jams')
    await says('Worth a look')
    await says('no text is cut')
    await workbench.shot('1-data')
  })

  await step(t, 'see the configuration', async () => {
    await button('Configure Training').click()
    await says('It comes with Finesse')
    await workbench.shot('2-configuration')
  })

  await step(t, 'start', async () => {
    await button('Start Training').click()
    await says('Loss by step')
    await workbench.notification('When VS Code closes').getByRole('button', { name: 'Go On' }).click()
    await workbench.shot('3-started')
  })

  await step(t, 'watch it learn', async () => {
    // The first epoch is over and measured: both charts have something to draw.
    await workbench.webview().locator('canvas').first().waitFor({ timeout: TRAINING_MS })
    await workbench.webview().getByRole('cell', { name: 'best' }).first().waitFor({ timeout: TRAINING_MS })
    await workbench.shot('4-training')
    await state('done')
    await workbench.shot('5-done')
  })

  await step(t, 'read the report', async () => {
    await tab('Report').click()
    await says('By label')
    await says('Most certain mistakes')
    await workbench.shot('6-report')
  })

  await step(t, 'use the model for a text file', async () => {
    await workbench.openFile('notes.txt')
    await openRuns()
    await workbench.chooseInMenu(workbench.treeRow('accuracy'), 'Use for Prediction')
    await workbench.pick('This File')
    await workbench.codeLens(/negative|positive/).waitFor()
  })

  await step(t, 'hover a line and see a label', async () => {
    const hover = await workbench.hover('Lovely', /positive|negative/)
    assert.match(await hover.innerText(), /(positive|negative).*%/)
    await workbench.shot('7-hover')
  })

  await step(t, 'reload during a second run and find it still going', async () => {
    await showPanel()
    await tab('Configuration').click()
    await fill('Epochs', '500')
    await fill('Name of the run', 'second')
    await workbench.webview().locator('summary', { hasText: 'Advanced' }).click()
    await fill('Patience', '500')
    await button('Start Training').click()
    await state('running')
    await workbench.webview().locator('canvas').first().waitFor({ timeout: TRAINING_MS })
    const [before] = trainers()
    // A workbench in a browser keeps its state every five seconds, and nothing more when it is reloaded.
    await workbench.page.waitForTimeout(10_000)
    await workbench.reload()
    await state('running')
    assert.deepEqual(trainers(), [before])
    await workbench.shot('8-after-reload')
  })

  await step(t, 'kill it and see why it ended', async () => {
    for (const pid of trainers()) process.kill(pid, 'SIGKILL')
    await state('crashed')
    await workbench.shot('9-killed')
  })

  await step(t, 'resume it, pause it, go on, stop it', async () => {
    await button('Resume').click()
    await state('running')
    await button('Pause').click()
    await state('paused')
    await workbench.shot('10-paused')
    await button('Continue').click()
    await state('running')
    await button('Stop and Save').click()
    await state('interrupted')
    await openRuns()
    await workbench.treeRow('second').waitFor()
    await workbench.shot('11-stopped')
  })

  await step(t, 'look at every part in every theme and width', async () => {
    await workbench.treeRow('accuracy').click({ noWaitAfter: true })
    await state('done')
    for (const theme of ['dark', 'high-contrast', 'high-contrast-light', 'light'] as const) {
      await workbench.theme(theme)
      for (const part of ['Data', 'Configuration', 'Training', 'Report']) {
        await tab(part).click()
        // A chart that was hidden is drawn as before.
        if (part === 'Training') await workbench.webview().locator('canvas').first().waitFor()
        await workbench.shot(`${theme}-${part.toLowerCase()}`)
      }
    }
  })
})

async function fill(label: string, value: string): Promise<void> {
  await workbench.webview().getByLabel(label, { exact: true }).fill(value)
}

async function showPanel(): Promise<void> {
  await workbench.page.locator('.tab', { hasText: 'reviews.csv' }).click({ noWaitAfter: true })
}

async function openRuns(): Promise<void> {
  const icon = '.activitybar a.action-label[aria-label^="Finesse"]'
  if (await workbench.page.locator('.activitybar .action-item.checked a[aria-label^="Finesse"]').isVisible())
    return
  await workbench.page.locator(icon).click({ noWaitAfter: true })
  await workbench.page.locator('.sidebar .pane-body .monaco-list').first().waitFor()
}
