import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import * as v from 'valibot'
import { EstimateEvent } from '../../shared/events.ts'
import type { SomeOptions } from '../../shared/page.ts'
import { callTrainer } from '../trainer/call.ts'
import type { TrainerHost } from '../trainer/launch.ts'

/**
 * What a training would take, by a few real steps of the trainer on this machine.
 *
 * @throws UserError with the trainer's own line where it refuses the training
 */
export async function estimate(
  files: readonly string[],
  options: SomeOptions,
  host: TrainerHost,
  stop: AbortSignal,
): Promise<EstimateEvent> {
  const folder = await mkdtemp(join(tmpdir(), 'finesse-options-'))
  try {
    const config = join(folder, 'options.json')
    await writeFile(config, JSON.stringify(options))
    const words = ['train', '--estimate', '--json', '--config', config, '--', ...files]
    const output = await callTrainer(words, host, dirname(files[0] ?? folder), stop)
    return v.parse(v.pipe(v.string(), v.parseJson(), EstimateEvent), output)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
