import { chmodSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const root = dirname(fileURLToPath(import.meta.url))
const dist = join(root, 'dist')
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))

const common = {
  absWorkingDir: root,
  outdir: 'dist',
  bundle: true,
  keepNames: true,
  // Names and lines in a stack trace are worth more than bytes.
  minify: false,
  write: false,
  logLevel: 'warning',
}

/** Its words are on standard error already. */
const failed = () => process.exit(1)

const trainer = await build({
  ...common,
  entryPoints: { cli: 'src/trainer/cli.ts', serve: 'src/trainer/serve.ts' },
  // Commands are imported when they are called, so that --help and profile load no native binary.
  splitting: true,
  chunkNames: 'chunks/[name]-[hash]',
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  external: ['onnxruntime-node'],
  define: { FINESSE_VERSION: JSON.stringify(version) },
  // Bundled CommonJS packages call require().
  banner: {
    js: "import { createRequire as finesseCreateRequire } from 'node:module'\nconst require = finesseCreateRequire(import.meta.url)",
  },
}).catch(failed)

const extension = await build({
  ...common,
  entryPoints: { extension: 'src/extension/main.ts', 'data-worker': 'src/extension/data/worker.ts' },
  outExtension: { '.js': '.cjs' },
  format: 'cjs',
  platform: 'node',
  // What VS Code 1.95 brings.
  target: 'node20.18',
  external: ['vscode'],
}).catch(failed)

const pages = await build({
  ...common,
  entryPoints: {
    page: 'webview/page.tsx',
    classified: 'webview/classified/classified.tsx',
    'check-labels': 'webview/check-labels/check-labels.tsx',
    labelling: 'webview/labelling/labelling.tsx',
    'learning-curve': 'webview/learning-curve/learning-curve.tsx',
  },
  format: 'iife',
  platform: 'browser',
  target: 'chrome128',
  jsx: 'automatic',
  jsxImportSource: 'preact',
  minify: true,
}).catch(failed)

// The entry comes last and each file in one step: whoever starts the old command meanwhile gets a whole one.
const chunks = join(dist, 'chunks')
mkdirSync(chunks, { recursive: true })
const files = [...pages.outputFiles, ...extension.outputFiles, ...trainer.outputFiles].toSorted((a) =>
  basename(a.path) === 'cli.js' ? 1 : -1,
)
for (const { path, contents } of files) {
  const temporary = `${path}.${process.pid}.tmp`
  writeFileSync(temporary, contents)
  if (basename(path) === 'cli.js') chmodSync(temporary, 0o755)
  renameSync(temporary, path)
}
const fresh = new Set(files.map(({ path }) => basename(path)))
for (const name of readdirSync(chunks)) if (!fresh.has(name)) rmSync(join(chunks, name), { force: true })
