import { type Browser, type BrowserContext, chromium } from 'playwright-core'
import { findBrowser } from '../../scripts/vscode/install.mjs'

/** Starts the browser of the tests, without a window. */
export function launchBrowser(): Promise<Browser> {
  const executablePath = findBrowser()
  if (executablePath === undefined) throw new Error('no browser')
  const args = [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-dev-shm-usage',
  ]
  args.push('--disable-background-networking', '--disable-component-update', '--disable-sync')
  return chromium.launch({ executablePath, headless: true, args })
}

/** Refuses every request to another machine at once: nothing waits for a network that tests must not use. */
export async function stayLocal(context: BrowserContext): Promise<void> {
  const elsewhere = (url: URL): boolean =>
    url.protocol.startsWith('http') && !['127.0.0.1', 'localhost'].includes(url.hostname)
  await context.route(elsewhere, (route) => route.abort())
}
