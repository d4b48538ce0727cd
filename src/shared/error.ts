const LONGEST = 1000

/**
 * One line, whatever came out of a file into it: no line break, no other control character (a terminal would
 * obey them), and of a name without end its beginning and its end.
 */
const oneLine = (message: string): string => {
  const line = message.replaceAll(/\s*[\r\n\u2028\u2029]+\s*/g, ' ').replaceAll(/\p{Cc}/gu, '\ufffd')
  return line.length <= LONGEST ? line : `${line.slice(0, LONGEST * 0.6)} ... ${line.slice(-LONGEST * 0.35)}`
}

/**
 * `usage` when the words of the command or configuration are wrong, `failed` when carrying it out was not possible,
 * `changed` when it would not go on as it began, and the person may have it go on all the same.
 */
export type ErrorKind = 'usage' | 'failed' | 'changed'

/**
 * A failure a person can do something about: the message says what happened, where (file, row, node), and
 * what to do, in one line. Everything else that is thrown is a defect and keeps its stack.
 */
export class UserError extends Error {
  override readonly name = 'UserError'
  readonly kind: ErrorKind

  constructor(message: string, kind: ErrorKind = 'failed') {
    super(oneLine(message))
    this.kind = kind
  }
}
