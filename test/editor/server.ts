import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { vscodeUnderTest } from '../../scripts/vscode/install.mjs'
import { installChinese } from './language-pack.ts'
import { processesOf } from './processes.ts'
import { quiet } from './settings.ts'

export interface ServerOptions {
  /** Packages to install before the start. */
  vsix?: readonly string[]
  /** Settings of the person, on top of the quiet ones. */
  settings?: Readonly<Record<string, unknown>>
  /** Variables that server, extension host and all their children see. */
  env?: Readonly<Record<string, string>>
  /** The workbench in Simplified Chinese. */
  chinese?: boolean
  /** Lets the page tell when the tests of an extensionTestsPath are over. */
  smokeTestDriver?: boolean
  /** Asks before a folder is trusted, as a person's VS Code does. */
  workspaceTrust?: boolean
}

export interface Server {
  readonly url: string
  readonly port: number
  /** A new folder that is this server's home; gone after `stop`. */
  readonly home: string
  readonly log: () => string
  readonly stop: () => Promise<void>
}

/** Starts code-server, a real workbench and extension host, on a port and home of its own. */
export async function startServer(options: ServerOptions = {}): Promise<Server> {
  const home = mkdtempSync(join(tmpdir(), 'finesse-vscode-'))
  const data = join(home, 'data')
  const extensions = join(home, 'extensions')
  const log = join(home, 'server.log')
  const settings = join(data, 'User', 'settings.json')
  for (const path of [dirname(settings), extensions]) mkdirSync(path, { recursive: true })
  writeFileSync(settings, JSON.stringify({ ...quiet, ...options.settings }, null, 2))
  writeFileSync(join(home, 'config.yaml'), 'auth: none\ncert: false\n')
  if (options.chinese) installChinese(data, extensions)
  const base = [vscodeUnderTest.entry, '--config', join(home, 'config.yaml')]
  base.push('--user-data-dir', data, '--extensions-dir', extensions)
  const { VSCODE_IPC_HOOK_CLI: _, ...inherited } = process.env
  const env = {
    ...inherited,
    HOME: home,
    XDG_CONFIG_HOME: home,
    XDG_DATA_HOME: home,
    XDG_STATE_HOME: home,
    XDG_CACHE_HOME: home,
    XDG_RUNTIME_DIR: home,
    // No marketplace: the server asks nobody for extensions.
    EXTENSIONS_GALLERY: '{}',
    ...options.env,
  }
  for (const path of options.vsix ?? [])
    await promisify(execFile)(vscodeUnderTest.node, [...base, '--install-extension', path], { env })
  const port = await freePort()
  const output = openSync(log, 'w')
  const flags = ['--bind-addr', `127.0.0.1:${port}`, '--auth', 'none', '--disable-telemetry']
  flags.push('--disable-update-check', '--disable-getting-started-override', '--disable-proxy')
  if (!options.workspaceTrust) flags.push('--disable-workspace-trust')
  if (options.chinese) flags.push('--locale', 'zh-cn')
  if (options.smokeTestDriver) flags.push('--vscode-option', 'enable-smoke-test-driver')
  const child = spawn(vscodeUnderTest.node, [...base, ...flags], {
    env,
    stdio: ['ignore', output, output],
    // A group of its own, so that what it started ends with it.
    detached: true,
  })
  closeSync(output)
  const readLog = (): string => readFileSync(log, 'utf8')
  const stop = async (): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null && child.pid !== undefined) {
      const exit = once(child, 'exit')
      process.kill(-child.pid, 'SIGTERM')
      await exit
    }
    // A training outlives the editor; of a test it does not.
    for (const { pid } of processesOf(home)) kill(pid)
    rmSync(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 })
  }
  const url = `http://127.0.0.1:${port}`
  for (let i = 0; !(await answers(`${url}/healthz`)); i++) {
    if (child.exitCode !== null || i > 300) {
      const said = readLog().slice(-2000)
      await stop()
      throw new Error(`code-server did not start:\n${said}`)
    }
    await sleep(200)
  }
  return { url, port, home, log: readLog, stop }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It ended by itself.
  }
}

const answers = async (url: string): Promise<boolean> => {
  try {
    return (await fetch(url)).ok
  } catch {
    return false
  }
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const address = probe.address()
  probe.close()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}
