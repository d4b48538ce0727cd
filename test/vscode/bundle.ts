import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'
import { root } from '../editor/installed.ts'

const folder = join(root, '.cache', 'vscode-suites')

/** Bundles the suites, and what runs them, for the extension host; resolves with the path for extensionTestsPath. */
export async function bundleSuites(): Promise<string> {
  const here = join(root, 'test', 'vscode')
  const suites = readdirSync(here).filter((name) => name.endsWith('.suite.ts'))
  await build({
    absWorkingDir: root,
    entryPoints: ['index.ts', ...suites].map((name) => join(here, name)),
    outdir: folder,
    outExtension: { '.js': '.cjs' },
    bundle: true,
    format: 'cjs',
    platform: 'node',
    target: 'node20.18',
    sourcemap: 'inline',
    external: ['vscode', 'mocha'],
    logLevel: 'warning',
  })
  return join(folder, 'index.cjs')
}
