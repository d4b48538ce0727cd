import { sizeOf } from '../../run/size.ts'
import { t } from '../../shared/l10n.ts'
import { crashFacts } from './crash.ts'
import { type RunItem, stateOf } from './run-item.ts'
import { scoreText, sizeText, stateName } from './run-words.ts'

/** All that a person may want to know of a run at a glance, a line each. Reads its folder: not for every item. */
export function tooltipLines(run: RunItem): readonly string[] {
  const { path, record, problem } = run
  if (record === null) return [problem ?? '', path]
  const state = stateOf(run)
  const { data, base, test, resolved, options, error, progress } = record
  const rows = data.split.train + data.split.valid + data.split.test
  return [
    `${record.name}: ${stateName(state)}`,
    ...(error === null ? [] : [error]),
    ...(state === 'crashed' ? crashFacts(path, record) : []),
    ...(test === null ? [] : [scoreText(test)]),
    t`Data: ${data.train.path}, ${rows} rows`,
    t`Model: ${base.id}, strategy ${resolved?.strategy ?? options.strategy}`,
    ...(progress.steps === 0 || state === 'done'
      ? []
      : [t`Saved at step ${progress.step} of ${progress.steps}`]),
    t`Size: ${sizeText(sizeOf(path))}`,
    path,
  ]
}
