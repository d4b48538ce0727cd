/** A line of a file, 1-based, without its line break. */
export interface Line {
  readonly line: number
  readonly text: string
}

/** Splits pieces of text of any size at LF and CRLF. `pending` is the length of the line not yet complete. */
export function createLineSplitter(): { push(text: string): Line[]; end(): Line[]; pending(): number } {
  let rest = ''
  let line = 0
  const strip = (text: string) => (text.endsWith('\r') ? text.slice(0, -1) : text)
  return {
    push(piece) {
      const lines: Line[] = []
      let from = 0
      for (let at = piece.indexOf('\n'); at >= 0; at = piece.indexOf('\n', from)) {
        lines.push({ line: ++line, text: strip(rest + piece.slice(from, at)) })
        rest = ''
        from = at + 1
      }
      rest += piece.slice(from)
      return lines
    },
    end() {
      const last = rest
      rest = ''
      return last === '' ? [] : [{ line: ++line, text: strip(last) }]
    },
    pending: () => rest.length,
  }
}
