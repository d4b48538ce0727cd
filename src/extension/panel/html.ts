import type { Translations } from '../../shared/l10n.ts'

export interface PageParts {
  /** What a page's content security policy calls the extension's own files. */
  readonly cspSource: string
  readonly nonce: string
  /** As the page may load them. */
  readonly script: string
  readonly style: string
  /** Of the editor, as `zh-cn`. */
  readonly language: string
  /** What a screen reader calls it. */
  readonly title: string
  readonly translations: Translations
}

/**
 * The shell of the page. Nothing runs but the one script that has the nonce, nothing is loaded but the extension's own
 * files, and nothing is sent anywhere.
 */
export function pageHtml({
  cspSource,
  nonce,
  script,
  style,
  language,
  title,
  translations,
}: PageParts): string {
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src ${cspSource}`,
    `font-src ${cspSource}`,
    `img-src ${cspSource}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ')
  return `<!DOCTYPE html>
<html lang="${attribute(language)}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="${attribute(style)}">
<title>${attribute(title)}</title>
</head>
<body>
<script type="application/json" id="translations">${jsonInside(translations)}</script>
<div id="page"></div>
<script nonce="${nonce}" src="${attribute(script)}"></script>
</body>
</html>
`
}

const attribute = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;')

/** No text in it can end the element that holds it. */
const jsonInside = (value: unknown): string => JSON.stringify(value).replaceAll('<', '\\u003c')
