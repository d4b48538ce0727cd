import { homedir } from 'node:os'
import { join, resolve } from 'node:path'

/**
 * The folder in which this user's processes share what can be had again: `FINESSE_CACHE`, else `finesse` in
 * the platform's cache folder.
 */
export function userCache(env: NodeJS.ProcessEnv = process.env, platform = process.platform): string {
  if (env.FINESSE_CACHE) return resolve(env.FINESSE_CACHE)
  if (platform === 'win32') return join(env.LOCALAPPDATA || join(homedir(), 'AppData', 'Local'), 'finesse')
  if (platform === 'darwin') return join(homedir(), 'Library', 'Caches', 'finesse')
  return join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'finesse')
}
