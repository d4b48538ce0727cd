import { resolve } from 'node:path'
import type { Disposable } from 'vscode'
import type { NamedPart } from '../../shared/named-leaks.ts'
import type { Roles } from '../../shared/page.ts'
import type { ToLeakCount } from '../data/worker-messages.ts'
import { watchForChange } from './file-watch.ts'

const NONE = { valid: null, test: null }

/**
 * The files that a panel's configuration names for validation and test: what they share with training is counted when
 * they are named, when the columns are known, and when one of them is another on disk.
 */
export class NamedFiles implements Disposable {
  readonly #count: (request: ToLeakCount) => void
  #named: Readonly<Record<NamedPart, string | null>> = NONE
  #training: { readonly files: readonly string[]; readonly roles: Roles } | null = null
  #watches: readonly Disposable[] = []

  constructor(count: (request: ToLeakCount) => void) {
    this.#count = count
  }

  /** @param folder that paths are relative to */
  name(folder: string, typed: Readonly<Record<NamedPart, string>>): void {
    const pathOf = (text: string): string | null => (text.trim() === '' ? null : resolve(folder, text.trim()))
    const named = { valid: pathOf(typed.valid), test: pathOf(typed.test) }
    // A page that is built anew names them again.
    if (named.valid === this.#named.valid && named.test === this.#named.test) return
    this.#named = named
    this.#stopWatching()
    this.#watches = [named.valid, named.test].flatMap((path) =>
      path === null ? [] : watchForChange(path, () => this.#ask()),
    )
    this.#ask()
  }

  train(files: readonly string[], roles: Roles): void {
    this.#training = { files, roles }
    if (this.#named.valid !== null || this.#named.test !== null) this.#ask()
  }

  path(part: NamedPart): string | null {
    return this.#named[part]
  }

  dispose(): void {
    this.#stopWatching()
  }

  #ask(): void {
    if (this.#training === null) return
    const { files, roles } = this.#training
    const { text, label, text_pair: pair } = roles
    // Without columns nothing is compared, and what was found in others is void.
    const named = text === null || label === null ? NONE : this.#named
    this.#count({ type: 'named-leaks', files, text: text ?? '', label: label ?? '', pair, ...named })
  }

  #stopWatching(): void {
    for (const watch of this.#watches) watch.dispose()
    this.#watches = []
  }
}
