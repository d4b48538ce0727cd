import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, FrameLocator, Locator, Page } from 'playwright-core'
import { freshPackage } from '../../scripts/package.mjs'
import { launchBrowser, stayLocal } from '../editor/browser.ts'
import { root } from '../editor/installed.ts'
import { type Server, type ServerOptions, startServer } from '../editor/server.ts'

/** Where screenshots go: ignored by git, to be looked at after a change of what is seen. */
export const shots = join(root, '.cache', 'shots')

export interface WorkbenchOptions extends Omit<ServerOptions, 'vsix' | 'smokeTestDriver'> {
  /** The folder to open; none: an empty window. */
  folder?: string
  width?: number
  height?: number
}

/** A VS Code with the packed extension installed, in a browser, and what a person does in it. */
export interface Workbench extends AsyncDisposable {
  readonly page: Page
  readonly server: Server
  /** Runs a command of the palette by its title, as `Finesse: Fine-tune on This File`. */
  command(title: string): Promise<void>
  /** What the palette offers for a text; the palette is closed again. */
  offered(text: string): Promise<readonly string[]>
  /** Chooses in the quick pick that is open. */
  pick(text: string): Promise<void>
  /** Types into the input box that is open, and confirms. */
  enter(text: string): Promise<void>
  /** Opens a file of the folder by its name. */
  openFile(name: string): Promise<void>
  /** A file in the explorer. */
  fileRow(name: string): Locator
  /** Opens the menu of a row; what it offers. */
  menu(row: Locator): Promise<Locator>
  /** Chooses in the menu of a row. */
  chooseInMenu(row: Locator, text: string): Promise<void>
  /** Rests the pointer on a text of the editor; the hover that appears with `expected`. */
  hover(text: string, expected: string | RegExp): Promise<Locator>
  /** The CodeLens with this text. */
  codeLens(text: string | RegExp): Locator
  /** The notification with this text. */
  notification(text: string | RegExp): Locator
  /** A row of a tree or list in the side bar. */
  treeRow(text: string | RegExp): Locator
  /** The inside of the webview in front. */
  webview(): FrameLocator
  /** Reloads the window, as `Developer: Reload Window` does. */
  reload(): Promise<void>
  /** Changes the colour theme, by its name in `themes`. */
  theme(name: keyof typeof themes): Promise<void>
  /** Takes a screenshot; resolves with its path. */
  shot(name: string): Promise<string>
  /** A second window on the same folder, in the same server; its disposal closes it alone. */
  secondWindow(): Promise<Workbench>
}

/** The themes of the VS Code under test, by what they are for: what the picker calls them, and the workbench's class. */
export const themes = {
  light: { label: 'Light 2026', css: 'vs' },
  dark: { label: 'Dark 2026', css: 'vs-dark' },
  'high-contrast': { label: 'Dark High Contrast', css: 'hc-black' },
  'high-contrast-light': { label: 'Light High Contrast', css: 'hc-light' },
} as const

/** Opens a workbench; await its disposal: `await using workbench = await openWorkbench({ folder })`. */
export async function openWorkbench(options: WorkbenchOptions = {}): Promise<Workbench> {
  const { folder, width = 1280, height = 800, ...serverOptions } = options
  mkdirSync(shots, { recursive: true })
  const server = await startServer({
    ...serverOptions,
    vsix: [await freshPackage(`${process.platform}-${process.arch}`)],
  })
  let browser: Browser | undefined
  try {
    browser = await launchBrowser()
    const all = browser
    return await openWindow(all, { width, height }, server, folder, async () => {
      await all.close()
      await server.stop()
    })
  } catch (error) {
    await browser?.close()
    await server.stop()
    throw error
  }
}

/** Milliseconds to wait for what should come at once: a busy machine is no failure. */
const patience = 120_000

async function openWindow(
  browser: Browser,
  viewport: { readonly width: number; readonly height: number },
  server: Server,
  folder: string | undefined,
  close: (page: Page) => Promise<void>,
): Promise<Workbench> {
  // Each with its own: two windows of one would share the worker that gives webviews their files.
  const context = await browser.newContext({ viewport })
  await stayLocal(context)
  const page = await context.newPage()
  page.setDefaultTimeout(patience)
  const url = new URL(server.url)
  if (folder !== undefined) url.searchParams.set('folder', folder)
  else url.searchParams.set('ew', 'true')
  await page.goto(url.href, { waitUntil: 'commit' })
  await loaded(page)
  const another = (): Promise<Workbench> =>
    openWindow(browser, viewport, server, folder, (second) => second.context().close())
  return workbench(page, server, another, () => close(page))
}

/** Whether something is there within a moment. */
const appears = (what: Locator): Promise<boolean> =>
  what.waitFor({ timeout: 5000 }).then(
    () => true,
    () => false,
  )

/** Past the splash, with a status bar: the extension host may still be starting. */
async function loaded(page: Page): Promise<void> {
  await page.locator('.monaco-workbench').waitFor({ timeout: 2 * patience })
  await page
    .locator('.statusbar-item')
    .first()
    .waitFor({ timeout: 2 * patience })
}

async function workbench(
  page: Page,
  server: Server,
  secondWindow: () => Promise<Workbench>,
  close: () => Promise<void>,
): Promise<Workbench> {
  const quickInput = page.locator('.quick-input-widget')
  const input = quickInput.locator('input.input').first()
  const quickRows = page.locator('.quick-input-list .monaco-list-row')
  const openPalette = async (text: string): Promise<void> => {
    await page.keyboard.press('F1')
    await input.waitFor({ state: 'visible' })
    await input.fill(`>${text}`)
  }
  /** By the keyboard: a click would wait for what a webview behind it loads. */
  const choose = async (text: string): Promise<void> => {
    await page.locator('.quick-input-list .monaco-list-row.focused', { hasText: text }).waitFor()
    await page.keyboard.press('Enter')
  }
  /** The workbench knows of an extension's menus and commands a while after it shows itself, all at once. */
  const contributed = (): Promise<void> =>
    page
      .locator('.activitybar a.action-label[aria-label^="Finesse"]')
      .waitFor({ state: 'attached', timeout: 3 * patience })
  const self: Workbench = {
    page,
    server,
    async command(title) {
      const row = page.locator('.quick-input-list .monaco-list-row.focused', { hasText: title })
      // The palette offers what fitted when it was opened: an editor that opens meanwhile counts from the next time on.
      for (const end = Date.now() + patience; Date.now() < end; ) {
        await openPalette(title)
        if (await appears(row)) break
        await page.keyboard.press('Escape')
        await quickInput.waitFor({ state: 'hidden' })
      }
      await choose(title)
    },
    async offered(text) {
      await openPalette(text)
      // The list is made anew a moment after the text changed.
      await page.waitForTimeout(500)
      const labels = await quickRows.locator('.label-name').allInnerTexts()
      await page.keyboard.press('Escape')
      await quickInput.waitFor({ state: 'hidden' })
      return labels
    },
    async pick(text) {
      await input.waitFor({ state: 'visible' })
      await input.fill(text)
      await choose(text)
    },
    async enter(text) {
      await input.waitFor({ state: 'visible' })
      await input.fill(text)
      await page.keyboard.press('Enter')
    },
    async openFile(name) {
      await page.keyboard.press('Control+P')
      await input.waitFor({ state: 'visible' })
      await input.fill(name)
      await choose(name)
      await page.locator(`.tab[data-resource-name="${name}"]`).waitFor()
    },
    fileRow: (name) => page.locator('.explorer-folders-view .monaco-list-row', { hasText: name }).first(),
    async menu(row) {
      await row.click({ button: 'right', noWaitAfter: true })
      const menu = page.locator('.context-view .monaco-menu').first()
      await menu.waitFor()
      return menu
    },
    async chooseInMenu(row, text) {
      // Like the palette: soon after a start it is not known yet that the workspace is trusted, say.
      for (const end = Date.now() + patience; ; ) {
        const menu = await self.menu(row)
        const item = menu.getByText(text).first()
        if (await appears(item)) {
          // At first a menu takes no click, lest the one that opened it chooses.
          await page.waitForTimeout(300)
          return item.click({ noWaitAfter: true })
        }
        if (Date.now() > end) throw new Error(`${text} is not among ${await menu.allInnerTexts()}`)
        await page.keyboard.press('Escape')
        await menu.waitFor({ state: 'hidden' })
      }
    },
    async hover(text, expected) {
      const span = page.locator('.view-line span', { hasText: text }).last()
      const content = page.locator('.monaco-hover:not(.hidden)', { hasText: expected }).first()
      // A hover is asked for when the pointer comes to rest: where an answer came too late, it comes again.
      for (let i = 0; ; i++) {
        await page.mouse.move(2, 2)
        await span.hover({ position: { x: 20 + i, y: 8 } })
        try {
          await content.waitFor({ timeout: 5000 })
          return content
        } catch (error) {
          if (i === 3) throw error
        }
      }
    },
    codeLens: (text) => page.locator('.codelens-decoration', { hasText: text }).first(),
    notification: (text) => page.locator('.notification-toast', { hasText: text }).first(),
    treeRow: (text) => page.locator('.sidebar .monaco-list-row', { hasText: text }).first(),
    webview: () => page.frameLocator('iframe.webview.ready').frameLocator('iframe#active-frame'),
    async reload() {
      await page.reload({ waitUntil: 'commit' })
      await loaded(page)
      await contributed()
    },
    async theme(name) {
      const { label, css } = themes[name]
      // A webview that has the focus would take it back from the picker.
      await page.locator('.part.statusbar').click()
      await page.keyboard.press('Control+K')
      await page.keyboard.press('Control+T')
      await self.pick(label)
      await page.locator(`.monaco-workbench.${css}`).waitFor()
      await quickInput.waitFor({ state: 'hidden' })
    },
    async shot(name) {
      // Nothing moves but fading hovers and menus.
      await page.waitForTimeout(400)
      const path = join(shots, `${name}.png`)
      await page.screenshot({ path })
      return path
    },
    secondWindow,
    [Symbol.asyncDispose]: close,
  }
  await contributed()
  return self
}
