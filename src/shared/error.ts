/**
 * A failure a person can do something about: the message says what happened, where (file, row, node), and
 * what to do, in one line. Everything else that is thrown is a defect and keeps its stack.
 */
export class UserError extends Error {
  override readonly name = 'UserError'
  /** `usage` when the words of the command or configuration are wrong, `failed` when carrying it out was not possible. */
  readonly kind: 'usage' | 'failed'

  constructor(message: string, kind: 'usage' | 'failed' = 'failed') {
    super(message)
    this.kind = kind
  }
}
