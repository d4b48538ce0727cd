// npm run package [-- --target T]: builds, and writes dist/finesse-T.vsix, for this machine's platform or the one named.
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { root, runNode, setup } from './setup.mjs'

/** The platforms that onnxruntime-node has a binary for, by Visual Studio Code's names. */
export const targets = ['linux-x64', 'linux-arm64', 'darwin-arm64', 'win32-x64', 'win32-arm64']

/** Where the package of a target is written. */
export const packagePath = (target) => join(root, 'dist', `finesse-${target}.vsix`)

const texts = ['README.md', 'LICENSE', 'CHANGELOG.md', 'package.nls.json', 'package.nls.zh-cn.json']
const folders = ['dist', 'media', 'l10n']
/** Packages, and files that somebody is writing. */
const leftAside = /\.(vsix|tmp)$/

/**
 * Packs what is built in dist/ with just the native files of one target. What goes in is copied to a folder of its
 * own first: a list of what is wanted can't let in what somebody leaves lying about.
 */
export async function packFor(target, to = packagePath(target)) {
  mkdirSync(join(root, '.cache'), { recursive: true })
  const stage = mkdtempSync(join(root, '.cache', 'package-'))
  const copy = (path, filter = () => true) =>
    cpSync(join(root, path), join(stage, path), { recursive: true, filter })
  try {
    for (const name of folders) copy(name, (path) => !leftAside.test(path))
    for (const name of texts) copy(name)
    copyRuntime(copy, target)
    // What esbuild bundled is no dependency any more; vsce packs, by npm's own list, those that are left.
    const runtime = ['onnxruntime-node', 'onnxruntime-common']
    writeManifest(stage, 'package.json', ({ files, scripts, devDependencies, dependencies, ...rest }) => ({
      ...rest,
      dependencies: only(dependencies, runtime),
    }))
    for (const name of runtime)
      writeManifest(stage, `node_modules/${name}/package.json`, ({ scripts, devDependencies, ...rest }) => ({
        ...rest,
        dependencies: only(rest.dependencies ?? {}, runtime),
      }))
    // All of the folder is wanted; without this file vsce would say that there is none.
    writeFileSync(join(stage, '.vscodeignore'), '')
    const temporary = join(stage, 'finesse.vsix')
    // Loaded when it is needed: those who ask for a path alone should not wait for it.
    const { createVSIX } = await import('@vscode/vsce')
    await createVSIX({
      cwd: stage,
      packagePath: temporary,
      target,
      useYarn: false,
      allowMissingRepository: true,
      rewriteRelativeLinks: false,
    })
    renameSync(temporary, to)
    return to
  } finally {
    rmSync(stage, { recursive: true, force: true })
  }
}

/** The package of a target, packed anew where something that it holds is newer than it. */
export async function freshPackage(target) {
  const path = packagePath(target)
  const changed = (part) =>
    statSync(join(root, part)).isDirectory()
      ? Math.max(
          ...readdirSync(join(root, part))
            .filter((name) => !leftAside.test(name))
            .map((name) => changed(join(part, name))),
        )
      : statSync(join(root, part)).mtimeMs
  const newest = Math.max(...['package.json', ...texts, ...folders].map(changed))
  return existsSync(path) && statSync(path).mtimeMs > newest ? path : packFor(target)
}

/** What onnxruntime-node loads at run time: its own and its companion's CommonJS, and one platform's libraries. */
function copyRuntime(copy, target) {
  const [platform, arch] = target.split('-')
  const script = (path) => statSync(join(root, path)).isDirectory() || /\.js$|package\.json$/.test(path)
  const scripts = (path) => script(relative(root, path))
  copy('node_modules/onnxruntime-common/dist/cjs', scripts)
  copy('node_modules/onnxruntime-common/package.json')
  copy('node_modules/onnxruntime-node/dist', scripts)
  copy('node_modules/onnxruntime-node/package.json')
  const libraries = `node_modules/onnxruntime-node/bin/napi-v6/${platform}/${arch}`
  // Not what its install script downloads (CUDA), and on a Mac not the second copy of the same library.
  copy(libraries, (path) => !/providers_|\.1\.\d+\.\d+\.dylib$/.test(basename(path)))
}

const only = (dependencies, names) =>
  Object.fromEntries(Object.entries(dependencies).filter(([name]) => names.includes(name)))

function writeManifest(stage, path, keep) {
  const manifest = JSON.parse(readFileSync(join(root, path), 'utf8'))
  mkdirSync(dirname(join(stage, path)), { recursive: true })
  writeFileSync(join(stage, path), `${JSON.stringify(keep(manifest), null, 2)}\n`)
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({
    options: { target: { type: 'string', default: `${process.platform}-${process.arch}` } },
  })
  if (!targets.includes(values.target)) {
    console.error(`There is no package for ${values.target}; choose one of ${targets.join(', ')}.`)
    process.exit(2)
  }
  setup()
  runNode('esbuild.mjs')
  const path = await packFor(values.target)
  console.log(`${relative(root, path)}  ${(statSync(path).size / 2 ** 20).toFixed(1)} MB`)
}
