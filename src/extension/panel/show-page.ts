import { randomBytes } from 'node:crypto'
import * as vscode from 'vscode'
import { pageHtml } from './html.ts'

/**
 * Puts a page into a panel, with its icon and what it may load. Whoever listens to the page does so first.
 *
 * @param extension where Finesse is installed
 * @param page its script and style in `dist`, without their endings
 */
export function showPage(panel: vscode.WebviewPanel, extension: vscode.Uri, page: string): void {
  const { webview } = panel
  const own = (...path: readonly string[]): vscode.Uri => vscode.Uri.joinPath(extension, ...path)
  panel.iconPath = { light: own('media', 'panel-light.svg'), dark: own('media', 'panel-dark.svg') }
  webview.options = { enableScripts: true, localResourceRoots: [own('dist')] }
  const local = (file: string): string => String(webview.asWebviewUri(own('dist', file)))
  webview.html = pageHtml({
    cspSource: webview.cspSource,
    nonce: randomBytes(16).toString('base64url'),
    script: local(`${page}.js`),
    style: local(`${page}.css`),
    language: vscode.env.language,
    title: panel.title,
    translations: vscode.l10n.bundle ?? {},
  })
}
