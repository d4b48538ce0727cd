import { existsSync, readdirSync, statSync } from 'node:fs'
import { join, resolve, sep } from 'node:path'
import { UserError } from '../shared/error.ts'
import { t } from '../shared/l10n.ts'

/**
 * The files that words name, each once, in the order of the words. A word that is no file's name and holds `*`, `?`
 * or `**` is a pattern: `*` and `?` stand for characters of a name, `**` for any folders. What a pattern finds is
 * in the order of code points. Names that begin with a dot are found only where the pattern says the dot, and links
 * to folders are not followed by `**`. A pattern that finds nothing is a UserError.
 */
export function expandFiles(words: readonly string[]): string[] {
  const found = new Map<string, string>()
  for (const word of words) {
    const files = !/[*?]/.test(word) || existsSync(word) ? [word] : matching(word)
    if (files.length === 0)
      throw new UserError(t`${word}: no file has such a name; check the folder and the ending`)
    for (const file of files) {
      const path = resolve(file)
      if (!found.has(path)) found.set(path, file)
    }
  }
  return [...found.values()]
}

function matching(pattern: string): string[] {
  // Elsewhere a backslash may be part of a name.
  const parts = (sep === '\\' ? pattern.replaceAll('\\', '/') : pattern).split('/')
  const fixed = parts.findIndex((part) => /[*?]/.test(part))
  const start = parts.slice(0, fixed).join('/')
  const from = start === '' ? (fixed === 0 ? '' : '/') : start
  return walk(from, parts.slice(fixed)).sort(byCodePoint)
}

/** Files below a folder ('' is the one that the command is in) that fit the rest of a pattern. */
function walk(folder: string, [part, ...rest]: readonly string[]): string[] {
  if (part === undefined) return []
  if (part === '' || part === '.') return walk(folder, rest)
  if (part === '..') return walk(join(folder, part), rest)
  const below = (name: string): string => (folder === '' ? name : join(folder, name))
  const entries = list(folder)
  if (part === '**') {
    const deeper = entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
    const here = walk(folder, rest.length === 0 ? ['*'] : rest)
    return [...new Set([...here, ...deeper.flatMap(({ name }) => walk(below(name), [part, ...rest]))])]
  }
  const names = entries.map(({ name }) => name).filter(nameTest(part))
  if (rest.length > 0) return names.flatMap((name) => walk(below(name), rest))
  return names.map(below).filter(isFile)
}

/** Of what is no folder, or may not be read, nothing. */
function list(folder: string) {
  try {
    return readdirSync(folder === '' ? '.' : folder, { withFileTypes: true })
  } catch {
    return []
  }
}

function isFile(path: string): boolean {
  try {
    return statSync(path).isFile()
  } catch {
    return false
  }
}

/** Whether a name fits a pattern of one folder. */
function nameTest(pattern: string): (name: string) => boolean {
  return (name) => (pattern.startsWith('.') || !name.startsWith('.')) && fits([...name], [...pattern])
}

/** By going back to the last star, so that no pattern takes longer than name times pattern. */
function fits(name: readonly string[], pattern: readonly string[]): boolean {
  let n = 0
  let p = 0
  let star = -1
  let tried = 0
  while (n < name.length) {
    if (pattern[p] === '*') {
      star = p++
      tried = n
    } else if (pattern[p] === '?' || (pattern[p] !== undefined && pattern[p] === name[n])) {
      p++
      n++
    } else if (star >= 0) {
      p = star + 1
      n = ++tried
    } else return false
  }
  while (pattern[p] === '*') p++
  return p === pattern.length
}

const byCodePoint = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
