import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import * as v from 'valibot'
import type { CurveRequest } from '../../shared/curve-page.ts'
import type { ProgressEvent } from '../../shared/events.ts'
import { LearningCurve } from '../../shared/learning-curve.ts'
import { callTrainer } from '../trainer/call.ts'
import type { TrainerHost } from '../trainer/launch.ts'

const Curve = v.pipe(v.string(), v.parseJson(), LearningCurve)

/**
 * The learning curve of files, by the trainer; seconds with the embedded model.
 *
 * @throws UserError with the trainer's own line where it refuses the files
 */
export async function computeCurve(
  { files, options }: CurveRequest,
  host: TrainerHost,
  stop: AbortSignal,
  tell: (progress: ProgressEvent) => void,
): Promise<LearningCurve> {
  const folder = await mkdtemp(join(tmpdir(), 'finesse-curve-'))
  try {
    const config = join(folder, 'options.json')
    await writeFile(config, JSON.stringify(options))
    const words = ['learning-curve', '--json', '--config', config, '--', ...files]
    const output = await callTrainer(words, host, dirname(files[0] ?? folder), stop, tell)
    return v.parse(Curve, output)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
