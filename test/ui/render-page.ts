// node --import tsx test/ui/render-page.ts [STATE...] [--theme light,dark,hc-black,hc-light] [--width 320,1280]
//   [--height N] [--language en,zh-cn]
// Draws the pages in a plain browser, in the states of scenes/ (all of them, or those whose names begin with a
// word given): what the extension would have told them is there, VS Code's colours are those of its own themes.
// Screenshots go where those of the editor's tests go.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { build } from 'esbuild'
import type { Page } from 'playwright-core'
import { launchBrowser } from '../editor/browser.ts'
import { root } from '../editor/installed.ts'
import { type Scene, scenes } from './scenes/all.ts'
import { type Theme, themeColours } from './theme-colours.ts'

const KINDS = {
  light: 'light',
  dark: 'dark',
  'hc-black': 'high-contrast',
  'hc-light': 'high-contrast-light',
} as const

const FONT = 'system-ui, Ubuntu, sans-serif'

/** What VS Code sets on the root of a page in a theme. */
export const variables = (theme: Theme): string =>
  Object.entries({
    ...themeColours[theme],
    'font-family': FONT,
    'font-size': '13px',
    'editor-font-family': 'monospace',
    'editor-font-size': '14px',
  })
    .map(([name, value]) => `--vscode-${name}: ${value}`)
    .join('; ')

const inside = (value: unknown): string => JSON.stringify(value).replaceAll('<', '\\u003c')

const html = (folder: string, state: Scene, theme: Theme, language: string): string =>
  `<!DOCTYPE html><html lang="${language}" style="${variables(theme)}"><head><meta charset="utf-8">
<link rel="stylesheet" href="${pathToFileURL(join(folder, `${state.page}.css`))}">
<style>body { font: 13px ${FONT} }</style></head>
<body class="vscode-${KINDS[theme]}"><script type="application/json" id="translations">${inside(language === 'en' ? {} : translations(language))}</script>
<div id="page"></div><script>
let kept = ${inside(state.kept ?? null)}
window.fromPage = []
window.acquireVsCodeApi = () => ({ getState: () => kept, setState: (state) => { kept = state }, postMessage: (message) => window.fromPage.push(message) })
</script><script src="${pathToFileURL(join(folder, `${state.page}.js`))}"></script></body></html>`

const translations = (language: string): unknown =>
  JSON.parse(readFileSync(join(root, 'l10n', `bundle.l10n.${language}.json`), 'utf8'))

export interface Look {
  readonly theme?: Theme
  readonly width?: number
  readonly height?: number
  readonly language?: string
}

export interface Pages extends AsyncDisposable {
  /** Shows a page in a state. What went wrong in it is in `problems`; what it told the extension in `window.fromPage`. */
  open(state: Scene, look?: Look): Promise<{ readonly page: Page; readonly problems: readonly string[] }>
}

/** A browser with the pages as they are now. */
export async function openPages(): Promise<Pages> {
  const folder = mkdtempSync(join(tmpdir(), 'finesse-page-'))
  await build({
    absWorkingDir: root,
    entryPoints: {
      panel: 'webview/page.tsx',
      classified: 'webview/classified/classified.tsx',
      'check-labels': 'webview/check-labels/check-labels.tsx',
      labelling: 'webview/labelling/labelling.tsx',
      'learning-curve': 'webview/learning-curve/learning-curve.tsx',
    },
    outdir: folder,
    bundle: true,
    format: 'iife',
    platform: 'browser',
    target: 'chrome128',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    logLevel: 'warning',
  })
  const browser = await launchBrowser()
  let opened = 0
  return {
    async open(state, { theme = 'dark', width = 1280, height = 800, language = 'en' } = {}) {
      const file = join(folder, `${opened++}.html`)
      writeFileSync(file, html(folder, state, theme, language))
      const page = await browser.newPage({ viewport: { width, height } })
      const problems: string[] = []
      page.on('pageerror', (error) => problems.push(String(error)))
      page.on('console', (message) => {
        if (message.type() === 'error') problems.push(message.text())
      })
      await page.goto(String(pathToFileURL(file)))
      await page.evaluate(`for (const message of ${inside(state.messages)}) window.postMessage(message, '*')`)
      // Charts are drawn at most ten times a second.
      await page.waitForTimeout(250)
      await state.act?.(page)
      return { page, problems }
    },
    async [Symbol.asyncDispose]() {
      await browser.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

const isTheme = (name: string): name is Theme => Object.hasOwn(themeColours, name)

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      theme: { type: 'string', default: 'dark' },
      width: { type: 'string', default: '1280' },
      height: { type: 'string', default: '800' },
      language: { type: 'string', default: 'en' },
    },
  })
  const folder = join(root, '.cache', 'shots', 'pages')
  mkdirSync(folder, { recursive: true })
  await using pages = await openPages()
  const names = Object.keys(scenes).filter(
    (name) => positionals.length === 0 || positionals.some((word) => name.startsWith(word)),
  )
  for (const name of names)
    for (const theme of values.theme.split(',').filter(isTheme))
      for (const width of values.width.split(',').map(Number))
        for (const language of values.language.split(',')) {
          const state = scenes[name]
          if (!state) continue
          const { page, problems } = await pages.open(state, {
            theme,
            width,
            height: Number(values.height),
            language,
          })
          await page.screenshot({ path: join(folder, `${name}-${theme}-${width}-${language}.png`) })
          for (const problem of problems) console.error(`${name}: ${problem}`)
          await page.close()
        }
}
