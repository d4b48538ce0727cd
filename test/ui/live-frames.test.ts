import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite, test } from 'node:test'
import * as v from 'valibot'
import type { RunMessage } from '../../src/shared/page-run.ts'
import { launchBrowser } from '../editor/browser.ts'
import { needsEditor, root } from '../editor/installed.ts'
import { sampleRecord } from '../run/sample.ts'

/** What the charts are to bear, and how often they may be drawn. */
const POINTS = 100_000
const EVENTS_PER_SECOND = 50
const REDRAWS_PER_SECOND = 10
const SECONDS = 6

/** The page as it was built, with VS Code's end of the line, under the policy of the panel. */
const html = (): string => {
  const dist = (file: string): string => readFileSync(join(root, 'dist', file), 'utf8')
  return `<!doctype html><html><head>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'nonce-n'; script-src 'nonce-n'">
<style nonce="n">:root { --vscode-foreground: #ccc; --vscode-editor-background: #1f1f1f }</style>
<style nonce="n">${dist('page.css')}</style></head><body><div id="page"></div>
<script nonce="n">acquireVsCodeApi = () => ({ postMessage() {}, getState: () => null, setState() {} })</script>
<script nonce="n">${dist('page.js').replaceAll('</script', '<\\/script')}</script></body></html>`
}

const now = new Date().toISOString()
const empty: RunMessage = {
  type: 'run',
  path: '/run',
  state: 'running',
  record: {
    schema: 1,
    name: 'long',
    created: now,
    updated: now,
    ...sampleRecord,
    progress: { epoch: 1, step: 1, steps: 2 * POINTS },
  },
  reset: false,
  events: [],
  seconds: 1,
  progress: null,
  log: [],
  problem: null,
}

/** In the page, where TypeScript does not reach. */
const SCRIPT = `
let step = 0
const post = (count) => {
  const events = Array.from({ length: count }, () => {
    step++
    const loss = Math.exp(-step / 30000) + 0.2 * Math.abs(Math.sin(step * 12.9898))
    return { event: 'step', time: step / ${EVENTS_PER_SECOND}, step, epoch: 1 + Math.floor(step / 10000), loss, lr: 1e-4, gradient_norm: 1, tokens_per_second: 2000 }
  })
  window.postMessage({ ...${JSON.stringify(empty)}, reset: step === count, events }, '*')
}
const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms))
window.fill = async () => {
  while (step < ${POINTS}) {
    post(2000)
    await wait(0)
  }
}
window.measure = async () => {
  const picture = () => document.querySelector('.chart canvas').toDataURL()
  const first = picture()
  let longest = 0, frames = 0, isOver = false
  const frame = (before) => requestAnimationFrame((now) => {
    if (frames > 0) longest = Math.max(longest, now - before)
    frames++
    if (!isOver) frame(now)
  })
  frame(performance.now())
  const { clearRect } = CanvasRenderingContext2D.prototype
  const began = performance.now()
  let redraws = 0
  CanvasRenderingContext2D.prototype.clearRect = function (...box) {
    if (this.canvas === document.querySelector('.chart canvas')) redraws++
    clearRect.apply(this, box)
  }
  for (let i = 0; i < ${SECONDS * EVENTS_PER_SECOND}; i++) {
    post(1)
    await wait(${1000 / EVENTS_PER_SECOND})
  }
  isOver = true
  const seconds = (performance.now() - began) / 1000
  return { longest, frames, redraws, seconds, drawn: picture() !== first }
}`

const Measured = v.object({
  longest: v.number(),
  frames: v.number(),
  redraws: v.number(),
  seconds: v.number(),
  drawn: v.boolean(),
})

suite('the live charts in a browser', { skip: needsEditor }, () => {
  test(`draw ${POINTS} points and ${EVENTS_PER_SECOND} more a second, ten times a second at most`, async () => {
    await using browser = await launchBrowser()
    const page = await browser.newPage({ viewport: { width: 1200, height: 900 } })
    const problems: string[] = []
    page.on('pageerror', (error) => problems.push(error.message))
    page.on('console', (said) => said.type() === 'error' && problems.push(said.text()))
    await page.route('http://localhost/', (route) =>
      route.fulfill({ contentType: 'text/html', body: html() }),
    )
    await page.goto('http://localhost/')
    const begin = { type: 'begin', files: [], run: '/run', trusted: true, out: '', recent: [] }
    await page.evaluate(`window.postMessage(${JSON.stringify(begin)}, '*')`)
    await page.evaluate(SCRIPT)
    await page.evaluate('fill()')
    await page.locator('.chart canvas').first().waitFor()
    await page.waitForTimeout(500)

    // The page's own processor time too: how long a frame takes by the clock is other programs' doing as well.
    const devtools = await page.context().newCDPSession(page)
    await devtools.send('Performance.enable', { timeDomain: 'threadTicks' })
    const taskMs = async (): Promise<number> => {
      const { metrics } = await devtools.send('Performance.getMetrics')
      return 1000 * (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN)
    }
    const before = await taskMs()
    const { longest, frames, redraws, seconds, drawn } = v.parse(Measured, await page.evaluate('measure()'))
    const perRedraw = ((await taskMs()) - before) / redraws
    console.log(
      `live charts, ${POINTS} points and ${EVENTS_PER_SECOND} events a second: longest frame ${longest.toFixed(0)} ms of ${frames}; ${perRedraw.toFixed(1)} ms of processor time a redraw`,
    )
    assert.deepEqual(problems, [])
    assert.ok(drawn, 'the chart moved')
    assert.ok(redraws <= REDRAWS_PER_SECOND * seconds + 2, `drawn ${redraws} times in ${seconds} s`)
  })
})
