import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { finesse } from './cli.ts'

/** Every file below a folder with its bytes. */
export function everything(folder: string): [string, string][] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .map((entry): [string, string] => {
      const path = join(entry.parentPath, entry.name)
      return [path, entry.isFile() ? readFileSync(path, 'base64') : 'folder']
    })
    .sort(([a], [b]) => (a < b ? -1 : 1))
}

/** The command ends with one line on standard error that holds `parts`, says nothing else and changes nothing. */
export function refusesOnce(
  folder: string,
  args: readonly string[],
  code: 1 | 2,
  ...parts: (string | RegExp)[]
): void {
  const before = everything(folder)
  const called = finesse(args, { cwd: folder })
  assert.match(called.err, /^finesse: [^\n]+\n$/)
  for (const part of parts)
    assert.ok(
      typeof part === 'string' ? called.err.includes(part) : part.test(called.err),
      `${called.err} lacks ${part}`,
    )
  assert.doesNotMatch(called.err, /\bat .+:\d+:\d+|Error:|undefined|\[object/)
  assert.equal(called.out, '')
  assert.equal(called.code, code)
  assert.deepEqual(everything(folder), before)
}

/** The same with `--json` as well. */
export function refuses(folder: string, args: readonly string[], ...expected: Expected): void {
  for (const json of [[], ['--json']]) refusesOnce(folder, [...args, ...json], ...expected)
}

type Expected = [code: 1 | 2, ...parts: (string | RegExp)[]]
