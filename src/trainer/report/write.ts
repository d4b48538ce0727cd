import { join } from 'node:path'
import { atomicWrite } from '../../data/atomic-write.ts'
import type { RunRecord } from '../../shared/run.ts'
import { readFacts } from './facts.ts'
import { reportPage } from './page.ts'

/** Writes the report of a run that is about to end into its folder, in the language in use. */
export const writeReport = async (path: string, record: RunRecord): Promise<void> =>
  atomicWrite(join(path, 'report.html'), reportPage(await readFacts(path, record)))
