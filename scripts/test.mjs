// npm test [-- FILE...]: sets everything up, builds, and runs every test, or those named (a folder: all in it).
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, normalize, relative, sep } from 'node:path'
import { freshPackage } from './package.mjs'
import { root, runNode, setup } from './setup.mjs'
import { downloadDesktop, installBrowser, installVscode } from './vscode/install.mjs'
import { webgpuAdapter } from './webgpu-adapter.mjs'

setup()

// Node 20 knows no globs here.
const everyTest = readdirSync(join(root, 'test'), { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && entry.name.endsWith('.test.ts'))
  .map((entry) => relative(root, join(entry.parentPath, entry.name)))
  .sort()
const named = process.argv.slice(2).map(normalize)
const under = (folder) => everyTest.filter((file) => file.startsWith(join(folder, sep)))
const files =
  named.length === 0 ? everyTest : named.flatMap((path) => (under(path).length > 0 ? under(path) : path))

const whichNeed = (word) => files.filter((file) => readFileSync(join(root, file), 'utf8').includes(word))

function leaveOut(reason, leftOut) {
  console.log(`Left out, as ${reason}: the tests that need it in ${leftOut.join(', ')}`)
  if (process.env.CI === 'true') process.exit(1)
}

if (!existsSync(join(root, '..', 'shared'))) leaveOut('../shared is not there', whichNeed('needsShared'))

// Tests compare what is said in English.
const env = { ...process.env, FINESSE_LANG: 'en' }
const onWebgpu = whichNeed('needsAdapter')
// For those alone: every other training would measure itself on the adapter, which is slow.
const withAdapter = { ...env }
if (onWebgpu.length > 0) {
  const adapter = webgpuAdapter()
  if (adapter.missing) leaveOut(`there is no WebGPU adapter (${adapter.missing})`, onWebgpu)
  else Object.assign(withAdapter, adapter.env)
}

const inEditor = whichNeed('needsEditor')
if (inEditor.length > 0) {
  const missing = installVscode() ?? installBrowser()
  if (missing) {
    env.VSCODE_EXECUTABLE ??= (await downloadDesktop()) ?? ''
    const leftOut = env.VSCODE_EXECUTABLE ? whichNeed('openWorkbench') : inEditor
    leaveOut(`there is no VS Code to test in (${missing})`, leftOut)
  }
}

runNode('esbuild.mjs')
// Once for all that install it.
if (whichNeed('openWorkbench').length > 0) await freshPackage(`${process.platform}-${process.arch}`)
// No file takes a fourth of it: what hangs is named, not waited for.
const HANG = `--test-timeout=${20 * 60_000}`
const flags = ['--import', 'tsx', '--test', '--test-concurrency=2', '--test-reporter=spec', HANG]
const run = (some, env) =>
  some.length === 0
    ? 0
    : spawnSync(process.execPath, [...flags, ...some], { cwd: root, env, stdio: 'inherit' }).status
const others = files.filter((file) => !onWebgpu.includes(file))
const statuses = [run(others, env), run(onWebgpu, withAdapter)]
process.exit(statuses.every((status) => status === 0) ? 0 : 1)
