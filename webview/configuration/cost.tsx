import { useEffect } from 'preact/hooks'
import { catalogue } from '../../src/shared/catalogue.ts'
import { t } from '../../src/shared/l10n.ts'
import type { SomeOptions } from '../../src/shared/page.ts'
import { bytesOf } from '../data/words.ts'
import { send } from '../host.ts'
import type { PanelView } from '../panel-store.ts'
import { duration } from '../parts/numbers.ts'

/** Typing has ended. */
const PAUSE_MS = 1500

/** What the training would take, measured by a few real steps while the form is in view. */
export const Cost = ({
  view,
  options,
  isReady,
}: {
  readonly view: PanelView
  readonly options: SomeOptions
  /** Whether training could start. */
  readonly isReady: boolean
}) => {
  const asked = JSON.stringify(options)
  const model = options.model ?? 'embedded'
  const isMeasured = isReady && view.state.part === 'configuration' && model !== 'ngram'
  const known = view.estimate?.asked === asked ? view.estimate : null
  useEffect(() => {
    if (!isMeasured || known !== null) return
    const timer = setTimeout(() => send({ type: 'estimate', asked, options, isDownload: false }), PAUSE_MS)
    return () => clearTimeout(timer)
  }, [isMeasured, asked])
  if (!isMeasured && known === null) return null
  const estimate = known?.estimate ?? null
  const download = catalogue().find((one) => one.model === model)?.megabytes ?? null
  const isRemote = download !== null || (/^[^/\\]+\/[^/\\]+$/.test(model) && !model.startsWith('~'))
  return (
    <>
      {estimate !== null &&
        t`About ${about(estimate.seconds)} for ${estimate.steps} steps, ${bytesOf(estimate.memory_mb * 1e6)} of memory and ${bytesOf(estimate.disk_mb * 1e6)} of disk, measured by ${estimate.measured_steps} steps on this machine.`}
      {estimate === null && known?.problem && <span class="problem">{known.problem}</span>}
      {known !== null && estimate === null && known.problem === null && (
        <span class="muted">{t`Measuring what it will take`}</span>
      )}
      {known === null && isRemote && (
        <button
          type="button"
          class="link"
          onClick={() => send({ type: 'estimate', asked, options, isDownload: true })}
        >
          {download === null
            ? t`Download the model and measure what training will take`
            : t`Download the model (about ${download} MB) and measure what training will take`}
        </button>
      )}
    </>
  )
}

/** No more digits than the measure is worth. */
const about = (seconds: number): string => {
  if (seconds < 60) return duration(Math.max(1, Math.round(seconds)))
  const step = seconds < 600 ? 10 : seconds < 3600 ? 60 : 600
  return duration(Math.round(seconds / step) * step)
}
