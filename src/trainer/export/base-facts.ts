import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { catalogue } from '../../shared/catalogue.ts'
import type { ModelFolder } from '../text/locate.ts'

/** What a card says of the model that was trained from. */
export interface BaseFacts {
  readonly id: string
  /** By the hub's identifier, as `apache-2.0`; null: not known. */
  readonly license: string | null
  /** The one language it is for, as `en`; null: several, or not known. */
  readonly language: string | null
}

const EMBEDDED_ID = 'static-en'

/** From the catalogue by its name, else from the metadata of its own card. The folder's place plays no part in it. */
export const baseFacts = ({ id, folder }: Pick<ModelFolder, 'id' | 'folder'>): BaseFacts => {
  const known = catalogue().find(({ model }) => model === (id === EMBEDDED_ID ? 'embedded' : id))
  if (known)
    return {
      id,
      license: known.licence?.toLowerCase() ?? null,
      language: known.language === 'en' || known.language === 'zh' ? known.language : null,
    }
  const card = join(folder, 'README.md')
  const metadata = existsSync(card) ? metadataOf(readFileSync(card, 'utf8')) : new Map<string, string>()
  const license = metadata.get('license') ?? null
  return {
    id,
    // These need a name or a link beside them, which are the base model's affair.
    license: license === 'other' || license === 'unknown' ? null : license,
    language: metadata.get('language') ?? null,
  }
}

/**
 * The plain words of a card's metadata block by name, and lists of a single one: all of YAML that licences and
 * languages are written in. What is written otherwise is left out.
 */
const metadataOf = (card: string): ReadonlyMap<string, string> => {
  const block = /^---\r?\n([\s\S]*?)\r?\n---/.exec(card)?.[1] ?? ''
  const plain = block.matchAll(/^(\w+): *(["']?)([\w.+-]+)\2 *$/gm)
  const lists = block.matchAll(/^(\w+):(?: *\[ *| *\r?\n *- +)(["']?)([\w.+-]+)\2 *\]? *$(?!\r?\n *- )/gm)
  return new Map([...plain, ...lists].map(([, name, , value]) => [name ?? '', value ?? '']))
}
