// node test/ui/render-page.mjs MESSAGES.json OUT.png [--theme light|dark|hc-black|hc-light] [--width N] [--height N]
// Draws the panel's page in a plain browser: what the extension would have told it is in the file, VS Code's colours
// are those of its own themes.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from 'esbuild'
import { chromium } from 'playwright-core'

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..')

const FONT = "font-family: system-ui, 'Segoe UI', Ubuntu, 'Droid Sans', sans-serif; font-size: 13px"

/** Of VS Code's default themes, as far as the pages use them. */
const THEMES = {
  light: {
    foreground: '#3b3b3b',
    descriptionForeground: '#3b3b3bb3',
    disabledForeground: '#61616180',
    errorForeground: '#f85149',
    focusBorder: '#005fb8',
    'editor-background': '#ffffff',
    'editorWidget-background': '#f8f8f8',
    'editorWidget-border': '#c8c8c8',
    'editorWarning-foreground': '#bf8803',
    'editorError-foreground': '#e51400',
    'panel-border': '#e5e5e5',
    'panelTitle-activeForeground': '#3b3b3b',
    'panelTitle-inactiveForeground': '#3b3b3b',
    'panelTitle-activeBorder': '#005fb8',
    'textLink-foreground': '#005fb8',
    'textLink-activeForeground': '#005fb8',
    'button-foreground': '#ffffff',
    'button-background': '#005fb8',
    'button-hoverBackground': '#0258a8',
    'button-border': '#0000001a',
    'button-secondaryForeground': '#3b3b3b',
    'button-secondaryBackground': '#e5e5e5',
    'button-secondaryHoverBackground': '#cccccc',
    'input-foreground': '#3b3b3b',
    'input-background': '#ffffff',
    'input-border': '#cecece',
    'input-placeholderForeground': '#767676',
    'inputValidation-errorBorder': '#be1100',
    'dropdown-foreground': '#3b3b3b',
    'dropdown-background': '#ffffff',
    'dropdown-border': '#cecece',
    'progressBar-background': '#005fb8',
    'list-hoverBackground': '#f2f2f2',
    'list-inactiveSelectionBackground': '#e4e6f1',
    'list-activeSelectionBackground': '#e8e8e8',
    'list-activeSelectionForeground': '#000000',
    'charts-blue': '#1a85ff',
    'charts-orange': '#d18616',
    'charts-purple': '#652d90',
    'editorIndentGuide-background1': '#d3d3d3',
  },
  dark: {
    foreground: '#cccccc',
    descriptionForeground: '#9d9d9d',
    disabledForeground: '#cccccc80',
    errorForeground: '#f85149',
    focusBorder: '#0078d4',
    'editor-background': '#1f1f1f',
    'editorWidget-background': '#202020',
    'editorWidget-border': '#313131',
    'editorWarning-foreground': '#cca700',
    'editorError-foreground': '#f14c4c',
    'panel-border': '#2b2b2b',
    'panelTitle-activeForeground': '#cccccc',
    'panelTitle-inactiveForeground': '#9d9d9d',
    'panelTitle-activeBorder': '#0078d4',
    'textLink-foreground': '#4daafc',
    'textLink-activeForeground': '#4daafc',
    'button-foreground': '#ffffff',
    'button-background': '#0078d4',
    'button-hoverBackground': '#026ec1',
    'button-border': '#ffffff12',
    'button-secondaryForeground': '#cccccc',
    'button-secondaryBackground': '#313131',
    'button-secondaryHoverBackground': '#3c3c3c',
    'input-foreground': '#cccccc',
    'input-background': '#313131',
    'input-border': '#3c3c3c',
    'input-placeholderForeground': '#989898',
    'inputValidation-errorBorder': '#be1100',
    'dropdown-foreground': '#cccccc',
    'dropdown-background': '#313131',
    'dropdown-border': '#3c3c3c',
    'progressBar-background': '#0078d4',
    'list-hoverBackground': '#2a2d2e',
    'list-inactiveSelectionBackground': '#37373d',
    'list-activeSelectionBackground': '#04395e',
    'list-activeSelectionForeground': '#ffffff',
    'charts-blue': '#3794ff',
    'charts-orange': '#d18616',
    'charts-purple': '#b180d7',
    'editorIndentGuide-background1': '#404040',
  },
  'hc-black': {
    foreground: '#ffffff',
    descriptionForeground: '#ffffffb3',
    disabledForeground: '#a5a5a5',
    errorForeground: '#f48771',
    focusBorder: '#f38518',
    contrastBorder: '#6fc3df',
    contrastActiveBorder: '#f38518',
    'editor-background': '#000000',
    'editorWidget-background': '#0c141f',
    'editorWidget-border': '#6fc3df',
    'editorWarning-foreground': '#ffd370',
    'editorError-foreground': '#f48771',
    'panel-border': '#6fc3df',
    'panelTitle-activeForeground': '#ffffff',
    'panelTitle-inactiveForeground': '#ffffff',
    'panelTitle-activeBorder': '#6fc3df',
    'textLink-foreground': '#21a6ff',
    'textLink-activeForeground': '#21a6ff',
    'button-foreground': '#ffffff',
    'button-background': '#000000',
    'button-border': '#6fc3df',
    'button-secondaryForeground': '#ffffff',
    'button-secondaryBackground': '#000000',
    'input-foreground': '#ffffff',
    'input-background': '#000000',
    'input-border': '#6fc3df',
    'input-placeholderForeground': '#ffffffb3',
    'inputValidation-errorBorder': '#be1100',
    'dropdown-foreground': '#ffffff',
    'dropdown-background': '#000000',
    'dropdown-border': '#6fc3df',
    'progressBar-background': '#6fc3df',
    'charts-blue': '#3794ff',
    'charts-orange': '#d18616',
    'charts-purple': '#b180d7',
  },
  'hc-light': {
    foreground: '#292929',
    descriptionForeground: '#292929b3',
    disabledForeground: '#7f7f7f',
    errorForeground: '#b5200d',
    focusBorder: '#006bbd',
    contrastBorder: '#0f4a85',
    contrastActiveBorder: '#006bbd',
    'editor-background': '#ffffff',
    'editorWidget-background': '#ffffff',
    'editorWidget-border': '#0f4a85',
    'editorWarning-foreground': '#895503',
    'editorError-foreground': '#b5200d',
    'panel-border': '#0f4a85',
    'panelTitle-activeForeground': '#292929',
    'panelTitle-inactiveForeground': '#292929',
    'panelTitle-activeBorder': '#b5200d',
    'textLink-foreground': '#0f4a85',
    'textLink-activeForeground': '#0f4a85',
    'button-foreground': '#ffffff',
    'button-background': '#0f4a85',
    'button-hoverBackground': '#0f4a85',
    'button-border': '#0f4a85',
    'button-secondaryForeground': '#292929',
    'button-secondaryBackground': '#ffffff',
    'input-foreground': '#292929',
    'input-background': '#ffffff',
    'input-border': '#0f4a85',
    'input-placeholderForeground': '#292929b3',
    'inputValidation-errorBorder': '#b5200d',
    'dropdown-foreground': '#292929',
    'dropdown-background': '#ffffff',
    'dropdown-border': '#0f4a85',
    'progressBar-background': '#0f4a85',
    'charts-blue': '#1a85ff',
    'charts-orange': '#d18616',
    'charts-purple': '#652d90',
  },
}

const KINDS = { light: 'light', dark: 'dark', 'hc-black': 'high-contrast', 'hc-light': 'high-contrast-light' }

const variables = (theme) =>
  Object.entries(THEMES[theme])
    .map(([name, value]) => `--vscode-${name}: ${value}`)
    .concat(
      "--vscode-font-family: system-ui, 'Segoe UI', Ubuntu, 'Droid Sans', sans-serif",
      '--vscode-font-size: 13px',
    )
    .join('; ')

/**
 * A browser with the page in it: `open` shows it in a theme and size with a kept state, and gives Playwright's page;
 * `window.fromPage` there holds what it told the extension.
 */
export async function openPages() {
  const folder = mkdtempSync(join(tmpdir(), 'finesse-page-'))
  await build({
    absWorkingDir: root,
    entryPoints: { page: 'webview/page.tsx' },
    outdir: folder,
    bundle: true,
    format: 'iife',
    platform: 'browser',
    target: 'chrome128',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    logLevel: 'warning',
  })
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox'],
  })
  return {
    async open({
      messages,
      state = null,
      theme = 'dark',
      width = 1200,
      height = 800,
      translations = {},
      language = 'en',
    }) {
      const html = `<!DOCTYPE html><html lang="${language}" style="${variables(theme).replaceAll('"', '')}"><head><meta charset="utf-8">
<link rel="stylesheet" href="${pathToFileURL(join(folder, 'page.css'))}"></head>
<body class="vscode-${KINDS[theme]}" style="${FONT}"><script type="application/json" id="translations">${JSON.stringify(translations).replaceAll('<', '\\u003c')}</script>
<div id="page"></div><script>
let kept = ${JSON.stringify(state).replaceAll('<', '\\u003c')}
window.fromPage = []
window.acquireVsCodeApi = () => ({ getState: () => kept, setState: (state) => { kept = state; window.kept = state }, postMessage: (message) => window.fromPage.push(message) })
</script><script src="${pathToFileURL(join(folder, 'page.js'))}"></script></body></html>`
      const file = join(folder, `${theme}-${width}-${Math.random().toString(36).slice(2)}.html`)
      writeFileSync(file, html)
      const page = await browser.newPage({ viewport: { width, height } })
      const problems = []
      page.on('pageerror', (error) => problems.push(String(error)))
      page.on('console', (message) => message.type() === 'error' && problems.push(message.text()))
      await page.goto(String(pathToFileURL(file)))
      const tell = (message) => page.evaluate((data) => window.postMessage(data, '*'), message)
      for (const message of messages) await tell(message)
      await page.waitForTimeout(300)
      return { page, tell, problems }
    },
    async close() {
      await browser.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [messages, out, ...rest] = process.argv.slice(2)
  const option = (name) => {
    const at = rest.indexOf(`--${name}`)
    return at < 0 ? undefined : rest[at + 1]
  }
  const pages = await openPages()
  const { page, problems } = await pages.open({
    messages: JSON.parse(readFileSync(messages, 'utf8')),
    theme: option('theme'),
    width: Number(option('width') ?? 1200),
    height: Number(option('height') ?? 800),
    state: option('part') ? { files: [], part: option('part') } : null,
  })
  await page.screenshot({ path: out })
  for (const problem of problems) console.error(problem)
  await pages.close()
}
