import { execFile } from 'node:child_process'
import { access, constants } from 'node:fs/promises'
import { delimiter, isAbsolute, join } from 'node:path'
import { UserError } from '../../shared/error.ts'
import { t } from '../../shared/l10n.ts'

/** What runs the trainer. */
export interface NodeBinary {
  readonly path: string
  /** Of Node. */
  readonly version: string
  /** VS Code's own executable, which must be told that it is Node now. */
  readonly isElectron: boolean
}

/** Where to look; a process's own surroundings but in tests. */
export interface Surroundings {
  /** The setting `finesse.nodePath`; empty: look yourself. */
  readonly setting: string
  /** The value of PATH. */
  readonly searchPath: string
  /** This process: the extension host's executable and what it is. */
  readonly own: NodeBinary
}

const OLDEST = [20, 19] as const

export const thisProcess = (): NodeBinary => ({
  path: process.execPath,
  version: process.versions.node,
  isElectron: process.versions.electron !== undefined,
})

/**
 * Which binary runs the trainer: what the setting names, else a real Node (the extension host itself where it is
 * one, else the first of PATH), else VS Code's own executable.
 */
export async function findNode({ setting, searchPath, own }: Surroundings): Promise<NodeBinary> {
  if (setting !== '') {
    if (!isAbsolute(setting))
      throw new UserError(
        t`The setting finesse.nodePath is ${setting}: give the full path of Node, or leave it empty.`,
      )
    const version = await nodeVersion(setting)
    if (version === null || !isNewEnough(version))
      throw new UserError(
        t`The setting finesse.nodePath is ${setting}, which is not Node 20.19 or newer. Correct it, or leave it empty.`,
      )
    return { path: setting, version, isElectron: false }
  }
  if (!own.isElectron && isNewEnough(own.version)) return own
  const name = process.platform === 'win32' ? 'node.exe' : 'node'
  for (const folder of searchPath.split(delimiter)) {
    // A folder that is not absolute would be one of the workspace: its files are not run.
    if (!isAbsolute(folder)) continue
    const path = join(folder, name)
    const version = (await isExecutable(path)) ? await nodeVersion(path) : null
    if (version !== null && isNewEnough(version)) return { path, version, isElectron: false }
  }
  return own
}

/** The environment in which a binary is Node and nothing of the host's own debugging reaches it. */
export function environmentOf({ isElectron }: NodeBinary, own: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const kept = Object.entries(own).filter(
    ([name]) => !/^(ELECTRON_|VSCODE_|NODE_OPTIONS$|NODE_CHANNEL_)/i.test(name),
  )
  return { ...Object.fromEntries(kept), ...(isElectron ? { ELECTRON_RUN_AS_NODE: '1' } : {}) }
}

const isNewEnough = (version: string): boolean => {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  return major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1])
}

const isExecutable = (path: string): Promise<boolean> =>
  access(path, constants.X_OK).then(
    () => true,
    () => false,
  )

/** null: it is no Node, or does not answer. */
const nodeVersion = (path: string): Promise<string | null> =>
  new Promise((resolve) => {
    execFile(path, ['--version'], { timeout: 5000, windowsHide: true }, (error, stdout) =>
      resolve(error ? null : (/^v(\d+\.\d+\.\d+\S*)\s*$/.exec(stdout)?.[1] ?? null)),
    )
  })
