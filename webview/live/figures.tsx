import { type Device, deviceName } from '../../src/shared/device.ts'
import { t } from '../../src/shared/l10n.ts'
import { count, duration, rate } from '../parts/numbers.ts'
import { type RunView, runSeconds } from './run-store.ts'
import { recentMean } from './time-left.ts'
import { trainingLeft } from './words.ts'

/** The run in numbers; what is not known yet is a dash, so that nothing moves when it comes. */
export const Figures = ({ view }: { readonly view: RunView }) => (
  <dl class="figures">
    {figuresOf(view).map(({ name, value, of }) => (
      <div key={name}>
        <dt>{name}</dt>
        <dd>
          {value}
          {of !== undefined && <span class="figure-of"> {of}</span>}
        </dd>
      </div>
    ))}
  </dl>
)

interface Figure {
  readonly name: string
  readonly value: string
  readonly of?: string
}

const figuresOf = (view: RunView): readonly Figure[] => {
  const { record, history, state } = view
  if (!record) return []
  const { step, rate: rates, speed, length } = history.steps.columns()
  // A run that takes no steps (the n-gram model, a head alone) has none of their figures.
  const isLoop = length > 0 || (record.progress.steps > 0 && record.base.kind !== 'ngram' && state !== 'done')
  const isGoing = state === 'running' || state === 'paused'
  const tokens = recentMean(speed)
  const left = trainingLeft(view)
  const epochs = record.resolved?.epochs
  const loop: Figure[] = isLoop
    ? [
        { name: t`Epoch`, value: String(history.epoch), ...(epochs ? { of: t`of ${epochs}` } : {}) },
        {
          name: t`Step`,
          value: count(step[length - 1] ?? 0),
          ...(record.progress.steps > 0 ? { of: t`of ${record.progress.steps}` } : {}),
        },
        { name: t`Speed`, value: tokens === null ? '–' : count(Math.round(tokens)), of: t`tokens/s` },
        { name: t`Learning rate`, value: length === 0 ? '–' : rate(rates[length - 1] ?? 0) },
      ]
    : []
  return [
    ...loop,
    ...(isGoing && isLoop ? [{ name: t`Left at most`, value: left === null ? '–' : duration(left) }] : []),
    { name: t`Time`, value: duration(runSeconds(view)) },
    { name: t`Peak memory`, value: record.peak_rss_mb > 0 ? t`${record.peak_rss_mb} MB` : '–' },
    ...(record.base.kind === 'ngram'
      ? []
      : [{ name: t`Device`, value: deviceText(record.resolved ?? record.options) }]),
  ]
}

/** A TensorFlow.js has a device of its own. */
const deviceText = ({ engine, device }: { engine: string; device: Device | 'auto' }): string => {
  if (engine === 'tfjs') return 'TensorFlow.js'
  return device === 'cpu' ? t`processor` : device === 'auto' ? t`not chosen yet` : deviceName(device)
}
