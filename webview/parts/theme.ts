/** The colours of the page as they are now, for what is drawn rather than styled. */
export interface ThemeColours {
  readonly text: string
  readonly faint: string
  readonly grid: string
  readonly lines: readonly string[]
}

/** Reads VS Code's colours. The second of a pair is for themes that leave the first out, as high contrast may. */
export const themeColours = (): ThemeColours => {
  const style = getComputedStyle(document.documentElement)
  const colour = (...names: readonly string[]): string =>
    names.map((name) => style.getPropertyValue(`--vscode-${name}`).trim()).find((value) => value !== '') ??
    'gray'
  return {
    text: colour('foreground'),
    faint: colour('descriptionForeground', 'foreground'),
    grid: `color-mix(in srgb, ${colour('foreground')} 15%, transparent)`,
    lines: [
      colour('charts-blue', 'textLink-foreground'),
      colour('charts-orange', 'editorWarning-foreground'),
      colour('charts-purple', 'foreground'),
    ],
  }
}

/** Calls when VS Code's theme changes: it sets its colours on the root and the theme's kind on the body. */
export const onThemeChange = (change: () => void): (() => void) => {
  const observer = new MutationObserver(change)
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['style', 'class'] })
  observer.observe(document.body, { attributes: true, attributeFilter: ['class', 'data-vscode-theme-id'] })
  return () => observer.disconnect()
}
