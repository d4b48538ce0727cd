import { setTimeout as sleep } from 'node:timers/promises'
import type { Browser } from 'playwright-core'
import { launchBrowser, stayLocal } from '../editor/browser.ts'
import { root } from '../editor/installed.ts'
import { type Server, startServer } from '../editor/server.ts'

const PATIENCE_MS = 900_000

/** Runs an extensionTestsPath in code-server's extension host, and waits until it is over. */
export async function runInBrowser(
  suites: string,
  folder: string,
  env: Readonly<Record<string, string>>,
): Promise<void> {
  const server = await startServer({ smokeTestDriver: true, env })
  try {
    const browser = await launchBrowser()
    try {
      await runOnPage(browser, server, suites, folder)
    } finally {
      await browser.close()
    }
  } finally {
    await server.stop()
  }
}

async function runOnPage(browser: Browser, server: Server, suites: string, folder: string): Promise<void> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } })
  await stayLocal(context)
  const page = await context.newPage()
  const over = new Promise<string | null>((resolve) => {
    page.exposeFunction('codeAutomationExit', () => resolve(null)).catch(() => resolve('the page is gone'))
    page.on('crash', () => resolve('the page crashed'))
  })
  await page.exposeFunction('codeAutomationLog', () => {})
  const remote = (path: string): string => `vscode-remote://127.0.0.1:${server.port}${path}`
  const payload = [
    ['extensionDevelopmentPath', remote(root.replace(/\/$/, ''))],
    ['extensionTestsPath', remote(suites)],
  ]
  const url = new URL(server.url)
  url.searchParams.set('folder', folder)
  url.searchParams.set('payload', JSON.stringify(payload))
  await page.goto(url.href, { waitUntil: 'commit' })
  const late = sleep(PATIENCE_MS, `nothing after ${PATIENCE_MS} ms`, { ref: false })
  const problem = await Promise.race([over, late])
  if (problem !== null)
    throw new Error(`The tests in VS Code did not end: ${problem}\n${server.log().slice(-2000)}`)
}
