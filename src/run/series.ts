import { existsSync, readdirSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { atomicWrite } from '../data/atomic-write.ts'
import { UserError } from '../shared/error.ts'
import { t } from '../shared/l10n.ts'
import { SeriesRecord } from '../shared/series.ts'
import { createRunFolder, DEFAULT_OUT, findFolder, readChecked } from './folder.ts'

/** Runs that belong together, each in a folder of its own below that of the series. */
export interface Series {
  /** Absolute path of the series' folder. */
  readonly path: string
  readonly record: SeriesRecord
}

const FILE = 'series.json'

export const isSeries = (path: string): boolean => existsSync(join(path, FILE))

/** Makes `<out>/<time>-<name>/` with its `series.json`, and returns its path. */
export const createSeries = (out: string, record: SeriesRecord): string =>
  createRunFolder(out, record.name, new Date(record.created), (folder) => writeSeries(folder, record))

/** Replaces `series.json`. Only the process that trains the series calls this. */
export const writeSeries = (path: string, record: SeriesRecord): void =>
  atomicWrite(join(path, FILE), `${JSON.stringify(record, null, 2)}\n`)

export const readSeries = (path: string): Series => ({
  path,
  record: readChecked(join(path, FILE), SeriesRecord, t`it is no series of runs`),
})

/** The series that is meant as `openRun` finds a run; null where none is. */
export function findSeries(reference: string, out: string = DEFAULT_OUT): Series | null {
  const direct = resolve(reference)
  if (existsSync(direct))
    return statSync(direct).isDirectory() && isSeries(direct) ? readSeries(direct) : null
  const found = findFolder(reference, out, seriesFolders(out))
  return found === null ? null : readSeries(found)
}

/** The series in a folder, the oldest first; those whose record can not be read are left out. */
export const listSeries = (out: string): readonly Series[] =>
  seriesFolders(out).flatMap((name) => {
    try {
      return [readSeries(join(resolve(out), name))]
    } catch (error) {
      if (error instanceof UserError) return []
      throw error
    }
  })

const seriesFolders = (out: string): readonly string[] =>
  existsSync(out)
    ? readdirSync(out, { withFileTypes: true })
        .filter((entry) => entry.isDirectory() && isSeries(join(out, entry.name)))
        .map((entry) => entry.name)
        .sort()
    : []
