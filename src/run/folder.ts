import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import * as v from 'valibot'
import { atomicWrite, isSystemError, syncFolder, systemReason } from '../data/atomic-write.ts'
import { ownFolder } from '../data/own-folder.ts'
import { UserError } from '../shared/error.ts'
import { problemOf } from '../shared/issue.ts'
import { t } from '../shared/l10n.ts'
import { RUN_SCHEMA, RunRecord } from '../shared/run.ts'

/** Where runs are kept, below the folder that the command is started in. */
export const DEFAULT_OUT = join('.finesse', 'runs')

export interface Run {
  /** Absolute path of the run's folder. */
  readonly path: string
  readonly record: RunRecord
}

export interface NewRun {
  /** The folder in which the run's folder is made. */
  readonly out: string
  /** The name asked for, else what the data file is called. */
  readonly name: string
  /** What the run's folder is called, where it is not to be found by time and name: in a series of runs. */
  readonly folder?: string | undefined
  readonly record: Omit<RunRecord, 'schema' | 'name' | 'created' | 'updated'>
  /** For tests. */
  readonly now?: Date
}

/**
 * Makes `<out>/<YYYYMMDD-HHMMSS>-<name>/` (local time) with its `run.json`. The folder is this run's alone:
 * one that exists is never taken, a later run of the same second gets a number.
 */
export function createRun({ out, name, folder, record, now = new Date() }: NewRun): Run {
  const created = now.toISOString()
  const schema = record.data.target === null ? 1 : RUN_SCHEMA
  const full: RunRecord = { schema, name, created, updated: created, ...record }
  const path = createRunFolder(out, name, now, (made) => writeRecord(made, full), folder)
  return { path, record: full }
}

/** Makes a folder as `createRun` does, with what `write` puts into it; where that fails there is none. */
export function createRunFolder(
  out: string,
  name: string,
  now: Date,
  write: (path: string) => void,
  stem = `${timestamp(now)}-${slug(name)}`,
): string {
  const parent = resolve(out)
  const refuse = (error: unknown): Error => {
    const reason = systemReason(error)
    if (reason === null) return error instanceof Error ? error : new Error(String(error))
    return new UserError(
      t`cannot make a run's folder in ${parent}: ${reason}; choose another folder for runs`,
    )
  }
  try {
    mkdirSync(parent, { recursive: true })
    if (parent === resolve(DEFAULT_OUT)) ownFolder(dirname(parent))
  } catch (error) {
    throw refuse(error)
  }
  for (let attempt = 1; ; attempt++) {
    const path = join(parent, attempt === 1 ? stem : `${stem}-${attempt}`)
    try {
      mkdirSync(path)
    } catch (error) {
      if (isSystemError(error) && error.code === 'EEXIST') continue
      throw refuse(error)
    }
    try {
      write(path)
      syncFolder(parent)
    } catch (error) {
      rmSync(path, { recursive: true, force: true })
      throw refuse(error)
    }
    return path
  }
}

/** Replaces `run.json`. Only the process that trains the run calls this. */
export function writeRecord(path: string, record: RunRecord): void {
  atomicWrite(join(path, 'run.json'), `${JSON.stringify(record, null, 2)}\n`)
}

/** Reads the record of the run in a folder. */
export function readRecord(path: string): RunRecord {
  const file = join(path, 'run.json')
  const value = readJson(file, t`it is not a run of Finesse`)
  const schema = v.safeParse(v.looseObject({ schema: v.number() }), value)
  if (schema.success && schema.output.schema > RUN_SCHEMA)
    throw new UserError(
      t`${file}: made by a newer Finesse (schema ${schema.output.schema}); update Finesse to use it`,
    )
  const record = v.safeParse(RunRecord, value)
  if (!record.success) throw damaged(file, v.getDotPath(record.issues[0]), problemOf(record.issues[0]))
  return record.output
}

/** Reads a JSON file of a run and checks it by its schema. */
export function readChecked<S extends v.GenericSchema>(
  file: string,
  schema: S,
  missing: string,
): v.InferOutput<S> {
  const parsed = v.safeParse(schema, readJson(file, missing))
  if (!parsed.success) throw damaged(file, v.getDotPath(parsed.issues[0]), problemOf(parsed.issues[0]))
  return parsed.output
}

/**
 * Finds a run: the path of its folder, or, among the runs in `out`, its folder's name, the start of it, or the
 * name the run was given.
 */
export function openRun(reference: string, out: string = DEFAULT_OUT): Run {
  const path = findRun(reference, out)
  const [first] = existsSync(join(path, 'run.json')) ? [] : childrenOf(path)
  if (first !== undefined)
    throw new UserError(t`${reference}: a series of runs; name one of them, as in ${join(reference, first)}`)
  return { path, record: readRecord(path) }
}

function findRun(reference: string, out: string): string {
  const direct = resolve(reference)
  if (existsSync(direct)) {
    if (statSync(direct).isDirectory()) return direct
    throw new UserError(t`${reference}: a file, not a run's folder; finesse runs lists the runs`)
  }
  const found = findFolder(reference, out, runFolders(out))
  if (found !== null) return found
  throw new UserError(
    t`no run ${reference}, neither a folder nor a run in ${out}; finesse runs lists the runs`,
  )
}

/** The folder in `out` that is meant: its name, the start of it, or the name given. null: there is none. */
export function findFolder(reference: string, out: string, folders: readonly string[]): string | null {
  const given = reference.replace(/[\\/]+$/, '')
  const matches = (test: (name: string) => boolean): string[] => folders.filter(test)
  const candidates = [
    matches((folder) => folder === given),
    given === '' ? [] : matches((folder) => folder.startsWith(given)),
    matches((folder) => folder.replace(/^\d{8}-\d{6}-/, '') === given),
  ].find((found) => found.length > 0)
  if (candidates?.[0] === undefined) return null
  if (candidates.length > 1)
    throw new UserError(
      t`${reference} names ${candidates.length} runs in ${out}: ${shortList(candidates)}; say which`,
    )
  return join(resolve(out), candidates[0])
}

/** A folder among the runs; `record` is null, and `problem` says why in one line, where it cannot be read. */
export type ListedRun = { readonly path: string } & (
  | { readonly record: RunRecord; readonly problem: null }
  | { readonly record: null; readonly problem: string }
)

/** The runs in a folder, the oldest first. */
export function listRuns(out: string = DEFAULT_OUT): ListedRun[] {
  return runFolders(out).map((name) => {
    const path = join(resolve(out), name)
    try {
      return { path, record: readRecord(path), problem: null }
    } catch (error) {
      if (error instanceof UserError) return { path, record: null, problem: error.message }
      throw error
    }
  })
}

/** The names of the folders of runs, those of a series as `<series>/<run>`, the oldest first. */
export function runFolders(out: string): string[] {
  try {
    return readdirSync(out, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name)
      .sort()
      .flatMap((name) =>
        existsSync(join(out, name, 'run.json'))
          ? [name]
          : childrenOf(join(out, name)).map((child) => `${name}/${child}`),
      )
  } catch (error) {
    if (isSystemError(error) && error.code === 'ENOENT') return []
    const reason = systemReason(error)
    if (reason === null) throw error
    throw new UserError(t`${out}: cannot be read: ${reason}`)
  }
}

/** The runs of a series, by their folders' names; none where the folder is no series. */
const childrenOf = (path: string): readonly string[] =>
  existsSync(join(path, 'series.json'))
    ? readdirSync(path)
        .filter((name) => existsSync(join(path, name, 'run.json')))
        .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))
    : []

function readJson(file: string, missing: string): unknown {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    if (isSystemError(error) && (error.code === 'ENOENT' || error.code === 'ENOTDIR'))
      throw new UserError(t`${dirname(file)}: no ${basename(file)} in it; ${missing}`)
    const reason = systemReason(error)
    if (reason === null) throw error
    throw new UserError(t`${file}: cannot be read: ${reason}`)
  }
  try {
    return JSON.parse(text)
  } catch {
    throw damaged(file, null, t`it is not JSON`)
  }
}

const damaged = (file: string, field: string | null, problem: string): UserError =>
  new UserError(
    field === null
      ? t`${file}: damaged: ${problem.replaceAll('\n', ' ')}`
      : t`${file}: damaged at ${field}: ${problem.replaceAll('\n', ' ')}`,
  )

function timestamp(time: Date): string {
  const two = (n: number): string => String(n).padStart(2, '0')
  const day = `${time.getFullYear()}${two(time.getMonth() + 1)}${two(time.getDate())}`
  return `${day}-${two(time.getHours())}${two(time.getMinutes())}${two(time.getSeconds())}`
}

/** Letters and digits of any script, joined by hyphens; short, as Windows paths are. */
export function slug(name: string): string {
  const words =
    name
      .normalize('NFC')
      .toLowerCase()
      .match(/[\p{L}\p{M}\p{N}]+/gu) ?? []
  const joined = [...words.join('-')].slice(0, 40).join('').replace(/-+$/, '')
  return joined === '' ? 'run' : joined
}

const shortList = (names: readonly string[]): string =>
  names.length <= 3 ? names.join(', ') : t`${names.slice(0, 3).join(', ')} and ${names.length - 3} more`
