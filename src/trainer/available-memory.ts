import { totalmem } from 'node:os'

/**
 * Bytes that this process may still take, within the limit of a container where there is one. macOS tells of unused
 * pages alone, of which it keeps few, and gives back what files and idle programs hold when it is asked: half of all
 * memory counts as free there at least.
 */
export const availableMemory = (
  told: number = process.availableMemory(),
  platform: NodeJS.Platform = process.platform,
): number => (platform === 'darwin' ? Math.max(told, totalmem() / 2) : told)
