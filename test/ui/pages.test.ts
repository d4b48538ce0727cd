import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import type { Page } from 'playwright-core'
import { needsEditor } from '../editor/installed.ts'
import { openPages, type Pages, variables } from './render-page.ts'
import { scenes } from './scenes/all.ts'

const WIDTHS = [320, 768, 2000]
const THEMES = ['light', 'dark', 'hc-black', 'hc-light'] as const

/** In the page: what is wider than its place. Tables alone may be scrolled sideways, each inside its own box. */
const TOO_WIDE = `(() => {
  const found = []
  const name = (element) => element.tagName.toLowerCase() + (element.className ? '.' + element.className : '') + ' "' + element.textContent.slice(0, 40) + '"'
  const boxes = '.rows, .scroll, .scroller'
  if (document.scrollingElement.scrollWidth > innerWidth) found.push('the page')
  for (const element of document.querySelectorAll('body *')) {
    if (!element.checkVisibility() || element.closest('.unseen, .only-heard')) continue
    const { overflowX } = getComputedStyle(element)
    if (element.scrollWidth > element.clientWidth + 1 && (overflowX === 'auto' || overflowX === 'scroll') && !element.matches(boxes))
      found.push(name(element) + ' scrolls')
    if (element.matches('button, h1, h2, h3, h4, dt, dd, summary, label, figcaption, th:not([title])') && element.scrollWidth > element.clientWidth + 1 && element.clientWidth > 0)
      found.push(name(element) + ' is cut off')
    if (element.closest(boxes) === null && element.closest('svg') === null && element.getBoundingClientRect().right > innerWidth + 1)
      found.push(name(element) + ' leaves the page')
  }
  return found
})()`

/**
 * In the page: texts with less than 4.5 : 1 between them and what is behind them, those left out that say that they
 * can't be used.
 */
const FAINT = `(() => {
  const context = Object.assign(document.createElement('canvas'), { width: 1, height: 1 }).getContext('2d', { willReadFrequently: true })
  const over = (colours) => {
    context.clearRect(0, 0, 1, 1)
    for (const colour of colours) {
      context.fillStyle = colour
      context.fillRect(0, 0, 1, 1)
    }
    return [...context.getImageData(0, 0, 1, 1).data]
  }
  const light = ([r, g, b]) => {
    const [x, y, z] = [r, g, b].map((part) => (part / 255 <= 0.04045 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4))
    return 0.2126 * x + 0.7152 * y + 0.0722 * z
  }
  const found = new Map()
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  while (texts.nextNode()) {
    const element = texts.currentNode.parentElement
    if (texts.currentNode.data.trim() === '' || !element.checkVisibility() || element.closest('script, :disabled, [aria-disabled=true], .unseen, .only-heard, option, optgroup, svg, canvas')) continue
    const behind = []
    for (let one = element; one; one = one.parentElement) behind.unshift(getComputedStyle(one).backgroundColor)
    const colour = getComputedStyle(element).color
    const [a, b] = [light(over(behind)), light(over([...behind, colour]))]
    const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05)
    if (contrast < 4.5) found.set(element.tagName.toLowerCase() + '.' + element.className + ' of ' + element.parentElement.className + ' ' + contrast.toFixed(1), element.textContent.slice(0, 30))
  }
  return [...found].map((one) => one.join(': '))
})()`

suite('the pages in every state', { skip: needsEditor }, () => {
  let pages: Pages
  before(async () => {
    pages = await openPages()
  })
  after(() => pages?.[Symbol.asyncDispose]())

  const tooWide = async (page: Page): Promise<string[]> => {
    const found: string[] = []
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: 800 })
      // Charts are drawn anew a frame later.
      await page.evaluate('new Promise((r) => requestAnimationFrame(() => requestAnimationFrame(r)))')
      const here = await page.evaluate<string[]>(TOO_WIDE)
      found.push(...here.map((one) => `${width}: ${one}`))
    }
    return found
  }

  const faint = async (page: Page): Promise<string[]> => {
    const found: string[] = []
    for (const theme of THEMES) {
      await page.evaluate(`document.documentElement.style.cssText = ${JSON.stringify(variables(theme))}`)
      const here = await page.evaluate<string[]>(FAINT)
      found.push(...here.map((one) => `${theme}: ${one}`))
    }
    return found
  }

  for (const [name, scene] of Object.entries(scenes))
    test(`${name}: nothing is cut off or faint, and tables alone scroll sideways`, async () => {
      const { page, problems } = await pages.open(scene, { theme: 'light', width: 320 })
      assert.deepEqual(
        { wide: await tooWide(page), faint: await faint(page), problems },
        { wide: [], faint: [], problems: [] },
      )
      await page.close()
    })
})
