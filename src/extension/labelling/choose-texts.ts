import { existsSync } from 'node:fs'
import { dirname } from 'node:path'
import * as v from 'valibot'
import type { LabellingItem, LabellingSession } from '../../shared/labelling.ts'
import { callTrainer } from '../trainer/call.ts'
import type { TrainerHost } from '../trainer/launch.ts'

/** More than a person labels without training again; what is left is chosen anew then. */
const COUNT = 100

/** What `finesse select --json` says. */
const Selected = v.object({
  texts: v.array(
    v.object({
      row: v.number(),
      text: v.string(),
      label: v.nullable(v.string()),
      probability: v.nullable(v.number()),
    }),
  ),
})

/**
 * Asks the trainer which texts are worth labelling next.
 *
 * @throws UserError with its own line where it refuses
 */
export async function chooseTexts(
  { source, run, target }: Pick<LabellingSession, 'source' | 'run' | 'target'>,
  host: TrainerHost,
  stop: AbortSignal,
): Promise<LabellingItem[]> {
  const words = [
    'select',
    '--json',
    `--count=${COUNT}`,
    ...(run === null ? [] : [`--model=${run}`]),
    ...(existsSync(target.path) ? [`--labelled=${target.path}`] : []),
    '--',
    source,
  ]
  const output = await callTrainer(words, host, dirname(source), stop)
  const { texts } = v.parse(v.pipe(v.string(), v.parseJson(), Selected), output)
  return texts.map((text) => ({ ...text, decision: { is: 'open' } }))
}
