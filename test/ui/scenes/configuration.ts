import type { ToPage } from '../../../src/shared/page.ts'
import { namedLeaks, ready } from './data.ts'
import { begin, FILE, type Scene } from './scene.ts'

const form = (
  messages: readonly ToPage[],
  typed: Record<string, string> = {},
  act?: Scene['act'],
): Scene => ({
  page: 'panel',
  messages,
  kept: { files: [FILE], part: 'configuration', typed },
  ...(act ? { act } : {}),
})

const OPTIONS = { text: 'text', label: 'sentiment' }
const asked = JSON.stringify(OPTIONS)

const estimate = (more: Partial<Extract<ToPage, { type: 'estimate' }>>): ToPage => ({
  type: 'estimate',
  asked,
  estimate: null,
  problem: null,
  ...more,
})

const openAdvanced: Scene['act'] = async (page) => {
  await page.locator('.advanced > summary').click()
  await page.locator('.advanced > summary').scrollIntoViewIfNeeded()
  await page.evaluate("document.querySelector('.advanced > summary').scrollIntoView({ block: 'start' })")
}

export const configurationScenes = {
  'form-plain': form(ready),
  'form-measuring': form([...ready, estimate({})]),
  'form-measured': form([
    ...ready,
    estimate({
      estimate: {
        event: 'estimate',
        seconds: 431,
        steps: 4560,
        measured_steps: 6,
        memory_mb: 1312,
        disk_mb: 431,
      },
    }),
  ]),
  'form-not-measured': form([
    ...ready,
    estimate({
      problem: `${FILE}: 12 rows are too few: each label needs 5 rows. Add rows, or leave out labels with fewer.`,
    }),
  ]),
  'form-remote': form(ready, { model: 'Xenova/multilingual-e5-small' }),
  'form-folder': form(ready, {
    model: '/home/ada/models/a-folder-with-a-long-name/all-MiniLM-L6-v2-fine-tuned',
  }),
  'form-wrong': form(ready, { epochs: 'three', lr: '-1', batch: '0' }),
  'form-advanced': form(ready, { dropout: '2', seed: '7', clean: 'default,html,no-nfc' }, openAdvanced),
  'form-named-leaks': form([...ready, namedLeaks], { test: 'test.csv' }),
  'form-named-left-out': form([...ready, namedLeaks], { test: 'test.csv', near_duplicates: 'drop' }),
  'form-starting': form([...ready, { type: 'start', starting: true, problem: null }]),
  'form-refused': form([
    ...ready,
    { type: 'start', starting: false, problem: `${FILE}: it has one label alone; two are needed at least.` },
  ]),
  'form-no-columns': form(ready.filter(({ type }) => type !== 'roles')),
  'form-untrusted': form([begin({ trusted: false }), ...ready.slice(1)]),
  'form-filled': form([
    ...ready,
    { type: 'configuration', from: 'reviews.finesse.json', options: { epochs: 2 }, problem: null },
  ]),
  'form-bad-file': form([
    ...ready,
    {
      type: 'configuration',
      from: 'reviews.finesse.json',
      options: {},
      problem: 'reviews.finesse.json: line 3 is no JSON. Correct it, and save it again.',
    },
  ]),
} satisfies Record<string, Scene>
