import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as v from 'valibot'
import { atomicWrite } from '../data/atomic-write.ts'
import { UserError } from '../shared/error.ts'
import { t } from '../shared/l10n.ts'
import { holdControl } from './control.ts'
import { readRecord } from './folder.ts'

/**
 * Gives a run another name. Its folder keeps its own, which others may know it by. The run is held meanwhile, as its
 * process is the only writer of the record.
 */
export async function renameRun(path: string, name: string): Promise<void> {
  const trimmed = name.trim()
  if (trimmed === '') throw new UserError(t`A run needs a name.`)
  readRecord(path)
  const control = await holdControl(path, () => {})
  try {
    const file = join(path, 'run.json')
    // As it stands, so that what this version does not know stays too.
    const record = v.parse(v.looseObject({}), JSON.parse(readFileSync(file, 'utf8')))
    atomicWrite(file, `${JSON.stringify({ ...record, name: trimmed }, null, 2)}\n`)
  } finally {
    await control.close()
  }
}
