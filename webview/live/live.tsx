import 'uplot/dist/uPlot.min.css'
import './live.css'
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks'
import { t } from '../../src/shared/l10n.ts'
import type { RunRequestMessage } from '../../src/shared/page-run.ts'
import { phaseName } from '../../src/shared/status.ts'
import { Announcer } from './announcer.tsx'
import { Chart } from './chart.tsx'
import { Notes, Phases } from './course.tsx'
import { lossLines, lossPoints, scoreLines, scorePoints } from './curves.ts'
import { Epochs } from './epochs.tsx'
import { Figures } from './figures.tsx'
import { Requests } from './requests.tsx'
import type { RunStore, RunView } from './run-store.ts'
import { stateName, stateSentence } from './words.ts'

/** A run as it goes, or went: its state, its numbers, its curves. */
export const Live = ({
  store,
  ask,
  showReport,
}: {
  readonly store: RunStore
  readonly ask: (request: RunRequestMessage['request']) => void
  readonly showReport: () => void
}) => {
  const [view, setView] = useState(store.view())
  useEffect(() => {
    setView(store.view())
    return store.subscribe(() => setView(store.view()))
  }, [store])
  useSecondHand(view !== null && view.clock !== null)
  if (view === null) return <p class="muted">{t`Opening the run`}</p>
  return (
    <div class="live">
      <Head view={view} ask={ask} showReport={showReport} />
      {view.state !== 'damaged' && (
        <>
          <Figures view={view} />
          <Curves view={view} />
          <Course view={view} />
        </>
      )}
      <Announcer view={view} />
    </div>
  )
}

/** Draws again every second, for what counts time. */
const useSecondHand = (isGoing: boolean): void => {
  const [, setSecond] = useState(0)
  useEffect(() => {
    if (!isGoing) return
    const timer = setInterval(() => setSecond((second) => second + 1), 1000)
    return () => clearInterval(timer)
  }, [isGoing])
}

const Head = ({
  view,
  ask,
  showReport,
}: {
  readonly view: RunView
  readonly ask: (request: RunRequestMessage['request']) => void
  readonly showReport: () => void
}) => {
  const { state, record, history, path, log, refusal } = view
  const sentence = stateSentence(view)
  const phase = history.phases.at(-1)
  const isBad = state === 'failed' || state === 'crashed' || state === 'damaged'
  const head = useFocusWithin()
  return (
    <>
      <div class="run-head" ref={head}>
        <div class="run-name">
          <h3 tabIndex={-1}>{record?.name ?? path.split(/[\\/]/).at(-1)}</h3>
          <span class={`run-state ${state}`}>
            {stateName(state)}
            {state === 'running' && phase ? ` · ${phaseName(phase.phase)}` : ''}
          </span>
        </div>
        <Requests state={state} refusal={refusal} ask={ask} />
        {state === 'done' && (
          <button type="button" class="button" onClick={showReport}>
            {t`Show Report`}
          </button>
        )}
      </div>
      <ProgressBar view={view} />
      {refusal !== null && (
        <p class="said error" role="alert">
          {refusal.message}
        </p>
      )}
      {sentence !== null && (
        <p class={isBad ? 'said error' : 'said'} role={isBad ? 'alert' : undefined}>
          {sentence}
        </p>
      )}
      {log.length > 0 && isBad && (
        <figure class="log">
          <figcaption>{t`The last lines of its log`}</figcaption>
          <pre>{log.join('\n')}</pre>
        </figure>
      )}
    </>
  )
}

/**
 * Where the button that has the focus goes with the state that it was for, the focus is on the next button there is,
 * else on the heading.
 */
const useFocusWithin = () => {
  const ref = useRef<HTMLDivElement>(null)
  const had = ref.current?.contains(document.activeElement) === true && document.hasFocus()
  useLayoutEffect(() => {
    const { current } = ref
    if (!had || current === null || current.contains(document.activeElement)) return
    const next = current.querySelector<HTMLElement>('button') ?? current.querySelector<HTMLElement>('h3')
    next?.focus()
  })
  return ref
}

/** How far the training is, and before and after it how far its phase is. */
const ProgressBar = ({ view: { record, history, progress, state } }: { readonly view: RunView }) => {
  if (!record || state === 'done' || state === 'damaged') return null
  if (progress !== null && progress.phase !== 'train')
    return (
      <progress
        class="run-progress"
        aria-label={phaseName(progress.phase)}
        value={progress.done}
        max={progress.total || 1}
      />
    )
  if (record.base.kind === 'ngram') return null
  const { step, length } = history.steps.columns()
  const done = step[length - 1] ?? 0
  const { steps } = record.progress
  return <progress class="run-progress" aria-label={t`Steps taken`} value={done} max={steps || 1} />
}

const Curves = ({ view }: { readonly view: RunView }) => {
  const { history, record, version } = view
  const isNumbers = record !== null && record.data.target !== null
  const styles = useMemo(() => ({ loss: lossLines(), scores: scoreLines(isNumbers) }), [isNumbers])
  const { length } = history.steps.columns()
  const names = [...styles.loss, ...styles.scores].flatMap(({ name }) => name ?? [])
  // A run without a loop of steps (the n-gram model, a head alone) has nothing to draw.
  if (length === 0 && (view.state === 'done' || view.state === 'waiting' || record?.base.kind === 'ngram'))
    return null
  return (
    <div class="charts">
      <Chart
        title={t`Loss by step`}
        lines={styles.loss}
        points={(width) => lossPoints(history, record, width)}
        version={version}
        empty={length === 0 ? t`Drawn from the first step on.` : null}
        names={names}
      />
      <Chart
        key={String(isNumbers)}
        title={t`Validation by step`}
        lines={styles.scores}
        points={() => scorePoints(history)}
        version={version}
        empty={history.epochs.length === 0 ? t`Drawn from the end of the first epoch on.` : null}
        names={names}
      />
    </div>
  )
}

const Course = ({ view }: { readonly view: RunView }) => (
  <div class="course">
    {view.history.phases.length > 0 && (
      <section>
        <h4>{t`Phases`}</h4>
        <Phases view={view} />
      </section>
    )}
    {view.history.notes.length > 0 && (
      <section class="notes-part">
        <h4>{t`Notes`}</h4>
        <Notes view={view} />
      </section>
    )}
    {view.history.epochs.length > 0 && (
      <section class="epochs-part">
        <h4>{t`Epochs`}</h4>
        <Epochs epochs={view.history.epochs} />
      </section>
    )}
  </div>
)
