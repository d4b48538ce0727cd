import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Receipt } from '../../run/receipt.ts'
import { packageRoot } from '../package-root.ts'
import { version } from '../version.ts'

/** Of the bundle what trains; the extension and its pages are other programs. */
const isOfTrainer = (name: string): boolean => /^(cli\.js|chunks\/.*\.js)$/.test(name)
const isSource = (name: string): boolean => /^(data|run|shared|trainer)\/.*\.(ts|wat)$/.test(name)

/** Which program this is: its version and a hash of its own files, by name and content. */
export const codeHash = (): Receipt['code'] => {
  const root = packageRoot()
  const kind = fileURLToPath(import.meta.url).startsWith(join(root, 'dist') + sep) ? 'dist' : 'source'
  const folder = join(root, kind === 'dist' ? 'dist' : 'src')
  const hash = createHash('sha256')
  for (const name of filesIn(folder).filter(kind === 'dist' ? isOfTrainer : isSource)) {
    const content = readFileSync(join(folder, ...name.split('/')))
    hash.update(`${name}\0${content.length}\0`).update(content)
  }
  return { version, kind, sha256: hash.digest('hex') }
}

/** Names with `/`, sorted. */
export const filesIn = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
    .sort()
