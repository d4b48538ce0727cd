import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { openRun, type Run } from '../../run/folder.ts'
import { UserError } from '../../shared/error.ts'
import { t } from '../../shared/l10n.ts'
import { callAgain, fromHere } from './standard.ts'

/** The first word of a command that takes a run. */
export const wordAt = (words: readonly string[], index: number): string => {
  const word = words[index]
  if (word === undefined) throw new Error(`word ${index} was required and is missing`)
  return word
}

/** A run whose model is exported. */
export function openFinishedRun(reference: string): Run {
  const run = openRun(reference)
  if (run.record.status === 'done' && existsSync(join(run.path, 'model'))) return run
  const where = fromHere(run.path)
  const why =
    run.record.status === 'failed'
      ? failure(run.record.error)
      : run.record.status === 'done'
        ? t`its folder model is gone`
        : t`it is not finished; go on with ${callAgain('resume', where)}`
  throw new UserError(t`${where}: has no model yet: ${why}`)
}

/** The model's folder that a person named by a run or by itself, and the run where it is one's. */
export function openModel(reference: string): { readonly folder: string; readonly run: Run | null } {
  const folder = resolve(reference)
  if (existsSync(join(folder, 'config.json')) && !existsSync(join(folder, 'run.json')))
    return { folder, run: null }
  const run = openFinishedRun(reference)
  return { folder: join(run.path, 'model'), run }
}

const failure = (error: string | null): string => (error === null ? t`it failed` : t`it failed (${error})`)
