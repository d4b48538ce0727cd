import type { SpawnOptions } from 'node:child_process'

export function measure(
  command: string,
  args: readonly string[],
  options: SpawnOptions,
): Promise<{
  readonly seconds: number
  /** Of all threads together. */
  readonly cpu_seconds: number
  readonly peak_rss_mb: number
  /** The last line on standard output, which is JSON. */
  readonly last: unknown
}>
