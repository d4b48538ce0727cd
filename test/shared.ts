import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../shared/', import.meta.url))
const present = existsSync(root)

/** Why a test that reads ../shared is left out, or false where the folder is there. Without it CI fails: see scripts/test.mjs. */
export const needsShared: string | false = present ? false : 'needs ../shared'

/** A folder or file under ../shared; only for tests that skip with `needsShared`. */
export const shared = (path: string): string => root + path
