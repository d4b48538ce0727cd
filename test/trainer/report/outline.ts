import { type DefaultTreeAdapterTypes, parse } from 'parse5'

/** What a browser makes of a page. */
export interface Outline {
  readonly elements: readonly string[]
  readonly attributes: readonly (readonly [name: string, value: string])[]
  /** Those of the style sheet not among them. */
  readonly texts: readonly string[]
  /** What is wrong with it as HTML, by its code. */
  readonly errors: readonly string[]
}

export const outline = (page: string): Outline => {
  const elements: string[] = []
  const attributes: (readonly [string, string])[] = []
  const texts: string[] = []
  const errors: string[] = []
  const walk = (node: DefaultTreeAdapterTypes.Node): void => {
    if (node.nodeName === '#comment') elements.push('#comment')
    if ('value' in node) texts.push(node.value)
    if ('tagName' in node) {
      elements.push(node.tagName)
      for (const { name, value } of node.attrs) attributes.push([name, value])
      if (node.tagName === 'style') return
    }
    if ('childNodes' in node) for (const child of node.childNodes) walk(child)
  }
  walk(parse(page, { onParseError: ({ code }) => errors.push(code) }))
  return { elements, attributes, texts, errors }
}
