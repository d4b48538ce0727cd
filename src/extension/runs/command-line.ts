import { isAbsolute, relative } from 'node:path'
import { defaultOf, OPTION_NAMES } from '../../shared/config.ts'
import type { RunRecord } from '../../shared/run.ts'
import type { NodeBinary } from '../trainer/node-binary.ts'

/** The words that start a run again in a shell: those options that are not as by default. */
export function trainWords({ data, options, name }: RunRecord, cwd: string | null): readonly string[] {
  const near = (path: string): string => {
    if (cwd === null) return path
    const from = relative(cwd, path)
    return from === '' || from.startsWith('..') || isAbsolute(from) ? path : from
  }
  const files = [data.train, ...data.more].map(({ path }) => near(path))
  const flags = OPTION_NAMES.flatMap((option) => {
    const value = options[option]
    if (value === null || value === defaultOf(option)) return []
    return [`--${option.replaceAll('_', '-')}=${value}`]
  })
  return ['train', ...files, `--name=${name}`, ...flags]
}

/** A line for a shell of this system: the script with the binary that runs it, as nothing puts `finesse` into PATH. */
export function commandLine(node: NodeBinary, script: string, words: readonly string[]): string {
  const isWindows = process.platform === 'win32'
  const line = [node.path, script, ...words].map(quoted).join(' ')
  const call = isWindows && /^"/.test(line) ? `& ${line}` : line
  if (!node.isElectron) return call
  return isWindows ? `$env:ELECTRON_RUN_AS_NODE=1; ${call}` : `ELECTRON_RUN_AS_NODE=1 ${call}`
}

/** PowerShell's way on Windows, the POSIX shells' elsewhere. */
const quoted = (word: string): string => {
  if (/^[\w@%+=:,./-]+$/.test(word)) return word
  return process.platform === 'win32'
    ? `"${word.replaceAll(/[`"$]/g, '`$&')}"`
    : `'${word.replaceAll("'", `'\\''`)}'`
}
