/** A translatable text of a source file. */
export interface TranslatedText {
  /** The key of the bundle: its English form, with `{0}` for each value. */
  readonly key: string
  readonly line: number
  /** Within a value of another one, where no translation could move it. */
  readonly nested: boolean
}

export interface Texts {
  readonly translated: readonly TranslatedText[]
  /** Plain strings: texts of tables are translated where they are shown. */
  readonly strings: ReadonlySet<string>
}

/**
 * The texts of a TypeScript or TSX file: what stands in t`...`, and every plain string. Knows comments, strings,
 * templates within templates, and regular expressions; not JSX text with quotes, which no page of ours has.
 */
export function textsOf(source: string): Texts {
  const translated: TranslatedText[] = []
  const strings = new Set<string>()
  let at = 0

  /** Reads code up to the end, or to the brace that closes a template's value. */
  function code(withinText: boolean): void {
    for (let depth = 0, before = ''; at < source.length; ) {
      const char = source.charAt(at)
      if (source.startsWith('//', at)) skipTo('\n')
      else if (source.startsWith('/*', at)) skipTo('*/')
      else if (char === '`') template(/(^|[^\w.$])t$/.test(before), withinText)
      else if ((char === "'" || char === '"') && string(char)) before = '"'
      else if (char === '/' && mayBeRegExp(before) && regExp()) before = '"'
      else {
        if (char === '{') depth++
        if (char === '}' && --depth < 0) return
        at++
        if (!/\s/.test(char)) before = (before + char).slice(-12)
        else if (/\w$/.test(before)) before += ' '
        continue
      }
      if (char === '`') before = '"'
    }
  }

  const skipTo = (end: string): void => {
    const found = source.indexOf(end, at + 2)
    at = found < 0 ? source.length : found + end.length
  }

  /** Reads a string; false where none ends on this line, and the quote was something else. */
  function string(quote: string): boolean {
    const found = (quote === "'" ? /'((?:[^'\\\n]|\\.)*)'/y : /"((?:[^"\\\n]|\\.)*)"/y).exec(sticky())
    if (found === null) return false
    strings.add(cooked(found[1] ?? ''))
    at += found[0].length
    return true
  }

  function regExp(): boolean {
    const found = /\/(?![*/>])(?:[^/\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[a-z]*/y.exec(sticky())
    if (found === null) return false
    at += found[0].length
    return true
  }

  /** From here to the end of what a string or regular expression may take. */
  const sticky = (): string => {
    const end = source.indexOf('\n', at)
    return source.slice(at, end < 0 ? source.length : end)
  }

  function template(tagged: boolean, withinText: boolean): void {
    const line = source.slice(0, at).split('\n').length
    let key = ''
    let values = 0
    at++
    for (let begin = at; at < source.length; ) {
      if (source[at] === '\\') at += 2
      else if (source[at] === '`' || source.startsWith('${', at)) {
        key += cooked(source.slice(begin, at))
        if (source[at++] === '`') break
        at++
        key += `{${values++}}`
        code(withinText || tagged)
        begin = ++at
      } else at++
    }
    if (tagged) translated.push({ key, line, nested: withinText })
  }

  code(false)
  return { translated, strings }
}

/** After a value a slash divides; after these, and at the beginning, it opens a regular expression. */
const mayBeRegExp = (before: string): boolean =>
  before === '' || /(?:[(,=:[!&|?{;+*%~^>-]|\b(?:return|typeof|case|of|in)) ?$/.test(before)

const escapes: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  b: '\b',
  f: '\f',
  v: '\v',
  0: '\0',
}

/** What a literal's source means. */
const cooked = (raw: string): string =>
  raw.replace(/\\(?:u\{([\da-f]+)\}|u([\da-f]{4})|x([\da-f]{2})|(\r?\n)|(.))/gi, (_, ...groups) => {
    const [wide, four, two, lineBreak, char] = groups as (string | undefined)[]
    const code = wide ?? four ?? two
    if (code !== undefined) return String.fromCodePoint(Number.parseInt(code, 16))
    return lineBreak !== undefined ? '' : (escapes[char ?? ''] ?? char ?? '')
  })
