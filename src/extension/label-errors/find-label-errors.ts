import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import * as v from 'valibot'
import type { ProgressEvent } from '../../shared/events.ts'
import type { Roles } from '../../shared/page.ts'
import { Suspect, SuspectCounts } from '../../shared/suspect.ts'
import { callTrainer } from '../trainer/call.ts'
import type { TrainerHost } from '../trainer/launch.ts'

export interface LabelErrorRequest {
  readonly files: readonly string[]
  readonly roles: Roles
  /** As `--model` takes it; null: as the trainer decides. */
  readonly model: string | null
}

export interface LabelErrors {
  readonly counts: SuspectCounts
  /** The most doubtful first. */
  readonly suspects: readonly Suspect[]
}

const Line = <S extends v.GenericSchema>(schema: S) => v.pipe(v.string(), v.parseJson(), schema)

/**
 * The rows of files whose label may be wrong; seconds for 10,000 rows.
 *
 * @throws UserError with the trainer's own line where it refuses the files
 */
export async function findLabelErrors(
  { files, roles, model }: LabelErrorRequest,
  host: TrainerHost,
  stop: AbortSignal,
  progress: (event: ProgressEvent) => void,
): Promise<LabelErrors> {
  const options = [
    ['--text', roles.text],
    ['--label', roles.label],
    ['--text-pair', roles.text_pair],
    ['--model', model],
  ].flatMap(([flag, value]) => (value ? [`${flag}=${value}`] : []))
  const folder = await mkdtemp(join(tmpdir(), 'finesse-label-errors-'))
  try {
    // By way of a file: long texts with their neighbours may be more than a pipe's reader keeps.
    const out = join(folder, 'suspects.jsonl')
    const words = ['label-errors', ...options, `--out=${out}`, '--', ...files]
    await callTrainer(words, host, dirname(files[0] ?? ''), stop, progress)
    const [first = '', ...others] = (await readFile(out, 'utf8')).split('\n').filter((line) => line !== '')
    return {
      counts: v.parse(Line(SuspectCounts), first),
      suspects: others.map((line) => v.parse(Line(Suspect), line)),
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
