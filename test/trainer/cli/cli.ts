import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = new URL('../../../', import.meta.url)
export const cli = fileURLToPath(new URL('dist/cli.js', root))

/** Why tests of the built command are left out, or false where it is built: `npm test` builds it. */
export const needsBuild: string | false = existsSync(cli) ? false : 'needs npm run build'

export interface Called {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

/** Calls the built command as a person's shell would. */
export function finesse(
  args: readonly string[],
  options: { cwd?: string; input?: string; language?: string } = {},
): Called {
  const { language = 'en' } = options
  const { status, stdout, stderr } = spawnSync(process.execPath, [cli, ...args], {
    encoding: 'utf8',
    cwd: options.cwd ?? fileURLToPath(root),
    input: options.input ?? '',
    env: { ...process.env, FINESSE_LANG: language, XDG_STATE_HOME: join(tmpdir(), 'finesse-test-state') },
  })
  return { code: status, out: stdout, err: stderr }
}
