// npm test [-- FILE...]: sets everything up, builds, and runs every test, or those named.
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { root, runNode, setup } from './setup.mjs'
import { webgpuAdapter } from './webgpu-adapter.mjs'

setup()

// Node 20 knows no globs here.
const everyTest = readdirSync(join(root, 'test'), { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && entry.name.endsWith('.test.ts'))
  .map((entry) => relative(root, join(entry.parentPath, entry.name)))
  .sort()
const files = process.argv.length > 2 ? process.argv.slice(2) : everyTest

const whichNeed = (word) => files.filter((file) => readFileSync(join(root, file), 'utf8').includes(word))

function leaveOut(reason, leftOut) {
  console.log(`Left out, as ${reason}: the tests that need it in ${leftOut.join(', ')}`)
  if (process.env.CI === 'true') process.exit(1)
}

if (!existsSync(join(root, '..', 'shared'))) leaveOut('../shared is not there', whichNeed('needsShared'))

const env = { ...process.env }
const onWebgpu = whichNeed('needsAdapter')
if (onWebgpu.length > 0) {
  const adapter = webgpuAdapter()
  if (adapter.missing) leaveOut(`there is no WebGPU adapter (${adapter.missing})`, onWebgpu)
  else Object.assign(env, adapter.env)
}

runNode('esbuild.mjs')
const flags = ['--import', 'tsx', '--test', '--test-concurrency=2', '--test-reporter=spec']
const { status } = spawnSync(process.execPath, [...flags, ...files], { cwd: root, env, stdio: 'inherit' })
process.exit(status ?? 1)
