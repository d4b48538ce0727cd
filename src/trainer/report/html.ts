const MARKUP = Symbol('markup')

/** Markup that this program wrote: data cannot be one, as only `html` makes them. */
export interface Html {
  readonly [MARKUP]: string
}

type Part = Html | string | number | null | readonly Part[]

/** Kept out of HTML, where they are errors: control characters but tab and line breaks, and halves of characters. */
const FORBIDDEN = /(?![\t\n\r])[\p{Cc}\p{Cs}\p{Noncharacter_Code_Point}]/gu

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** As text, and as the value of an attribute in quotes. */
const escaped = (text: string): string =>
  text.replace(FORBIDDEN, '\ufffd').replace(/[&<>"']/g, (mark) => ENTITIES[mark] ?? mark)

/**
 * Markup with parts in it: html`<p>${text}</p>`. Texts are escaped, so that they are texts wherever they come from,
 * markup stays, lists stand one after another, null is nothing. Values of attributes must be in quotes.
 */
export const html = (strings: TemplateStringsArray, ...parts: readonly Part[]): Html => ({
  [MARKUP]: strings.map((markup, i) => markup + written(parts[i] ?? null)).join(''),
})

const written = (part: Part): string => {
  if (part === null) return ''
  if (typeof part === 'string') return escaped(part)
  if (typeof part === 'number') return Number.isFinite(part) ? String(part) : '–'
  return MARKUP in part ? part[MARKUP] : part.map(written).join('')
}

export const markupOf = (page: Html): string => page[MARKUP]
