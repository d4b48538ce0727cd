import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { packagePath, packFor } from '../../scripts/package.mjs'
import { root } from './installed.ts'

const newest = (paths: readonly string[]): number => Math.max(...paths.map((path) => statSync(path).mtimeMs))

/** The package of this machine's platform, packed anew where what it holds is newer than it. */
export async function currentVsix(): Promise<string> {
  const target = `${process.platform}-${process.arch}`
  const path = packagePath(target)
  const built = readdirSync(join(root, 'dist'))
    .filter((name) => !name.endsWith('.vsix'))
    .map((name) => join(root, 'dist', name))
  const texts = readdirSync(root).filter((name) => /^package(\.nls.*)?\.json$/.test(name))
  const l10n = readdirSync(join(root, 'l10n')).map((name) => join(root, 'l10n', name))
  const sources = [...built, ...l10n, ...texts.map((name) => join(root, name))]
  if (existsSync(path) && statSync(path).mtimeMs > newest(sources)) return path
  return packFor(target)
}
