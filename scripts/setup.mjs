// Makes a fresh clone ready with nothing but Node and npm. Imports nothing that is not in Node.
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('..', import.meta.url))

const fail = (line) => {
  console.error(line)
  process.exit(1)
}

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number)
  if (major < 20 || (major === 20 && minor < 19))
    fail(
      `Finesse needs Node 20.19 or later; this is ${process.versions.node}. Get a newer one from https://nodejs.org`,
    )
}

/** The platforms that onnxruntime-node brings a binary for. */
function checkPlatform() {
  const platform = `${process.platform}-${process.arch}`
  if (platform === 'darwin-x64')
    fail(
      'Finesse does not run on an Intel Mac: the runtime it trains with has no binary for it (darwin-x64).',
    )
  if (!['linux-x64', 'linux-arm64', 'darwin-arm64', 'win32-x64', 'win32-arm64'].includes(platform))
    fail(`Finesse does not run on ${platform}: the runtime it trains with has no binary for it.`)
  if (process.platform === 'linux' && !process.report.getReport().header.glibcVersionRuntime)
    fail(
      'Finesse needs a Linux with glibc (Debian, Ubuntu, Fedora and others): the runtime it trains with has no binary for musl (Alpine).',
    )
}

const readPackages = (path) => (existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')).packages : null)

/** Whether node_modules holds just what package-lock.json asks for on this machine, by npm's own record of it. */
function installed() {
  const wanted = readPackages(join(root, 'package-lock.json'))
  const present = readPackages(join(root, 'node_modules', '.package-lock.json'))
  if (present === null) return false
  const suits = (list, value) => list === undefined || list.includes(value)
  for (const [path, { version, optional, os, cpu, libc }] of Object.entries(wanted)) {
    if (path === '') continue
    if (present[path] !== undefined) {
      if (present[path].version !== version) return false
      continue
    }
    // Optional packages are binaries for one platform each; with a libc named npm may have chosen another.
    const ours = (os || cpu) && suits(os, process.platform) && suits(cpu, process.arch)
    if (!optional || (ours && !libc)) return false
  }
  return Object.keys(present).every((path) => wanted[path] !== undefined)
}

/** Calls npm: the one that started this, else the one in the path, which on Windows is a script for its shell. */
export function runNpm(args, options) {
  const npm = process.env.npm_execpath
  return npm?.endsWith('npm-cli.js')
    ? spawnSync(process.execPath, [npm, ...args], options)
    : spawnSync('npm', args, { ...options, shell: process.platform === 'win32' })
}

/** Installs the locked versions without running their scripts (one of them downloads CUDA). */
function install() {
  console.error('Installing the locked packages (once, a minute or two) ...')
  const args = ['ci', '--ignore-scripts', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error']
  const { status, error } = runNpm(args, { cwd: root, stdio: ['ignore', 2, 2] })
  if (error !== undefined)
    fail(`npm could not be started (${error.message}); it comes with Node: https://nodejs.org`)
  if (status !== 0)
    fail('npm could not install the packages (its words are above); check the network and try again.')
}

export function setup() {
  checkNode()
  checkPlatform()
  if (!installed()) install()
}

/** Runs a script of the project with this Node; ends this process where it fails. */
export function runNode(...args) {
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' })
  if (status !== 0) process.exit(status ?? 1)
}

if (process.argv[1] === fileURLToPath(import.meta.url)) setup()
