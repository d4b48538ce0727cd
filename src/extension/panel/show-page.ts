import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import * as vscode from 'vscode'
import { pageHtml } from './html.ts'

/** Puts the page into a panel, with its icon and what it may load. */
export function showPage(panel: vscode.WebviewPanel, context: vscode.ExtensionContext): void {
  const own = (...path: readonly string[]): vscode.Uri =>
    vscode.Uri.file(context.asAbsolutePath(join(...path)))
  panel.iconPath = { light: own('media', 'panel-light.svg'), dark: own('media', 'panel-dark.svg') }
  panel.webview.options = { enableScripts: true, localResourceRoots: [own('dist')] }
  const local = (file: string): string => String(panel.webview.asWebviewUri(own('dist', file)))
  panel.webview.html = pageHtml({
    cspSource: panel.webview.cspSource,
    nonce: randomBytes(16).toString('base64url'),
    script: local('page.js'),
    style: local('page.css'),
    language: vscode.env.language,
    translations: vscode.l10n.bundle ?? {},
  })
}
