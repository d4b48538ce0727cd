import { useEffect, useRef, useState } from 'preact/hooks'
import { t } from '../src/shared/l10n.ts'
import type { PageState } from '../src/shared/page.ts'
import { Configuration } from './configuration/configuration.tsx'
import { nextTyped } from './configuration/next-options.ts'
import { Data } from './data/data.tsx'
import { send } from './host.ts'
import { Live } from './live/live.tsx'
import type { RunStore } from './live/run-store.ts'
import type { PanelStore } from './panel-store.ts'
import { Report } from './report/report.tsx'
import type { ReportStore } from './report/report-store.ts'

type Part = PageState['part']

const partNames = (): readonly (readonly [Part, string])[] => [
  ['data', t`Data`],
  ['configuration', t`Configuration`],
  ['live', t`Training`],
  ['report', t`Report`],
]

/** The page: four parts that follow each other, one of them in view. */
export const Panel = ({
  store,
  runStore,
  reportStore,
}: {
  readonly store: PanelStore
  readonly runStore: RunStore
  readonly reportStore: ReportStore
}) => {
  const [view, setView] = useState(store.view())
  const [run, setRun] = useState(runStore.view())
  useEffect(() => store.subscribe(() => setView(store.view())), [store])
  useEffect(() => runStore.subscribe(() => setRun(runStore.view())), [runStore])
  useFocusKept(view?.state.part ?? null)
  if (view === null) return null
  const { part } = view.state
  const isOpen = (one: Part): boolean =>
    one === 'data'
      ? true
      : one === 'configuration'
        ? view.begin.files.length > 0
        : view.state.run !== null && (one === 'live' || run?.state === 'done')
  const go = (to: Part): void => store.keep({ part: to })
  const options = run?.record?.options
  return (
    <main class="panel">
      <Steps part={part} isOpen={isOpen} go={go} />
      <div class="part" role="tabpanel" id="part-data" aria-labelledby="step-data" hidden={part !== 'data'}>
        <Data view={view} store={store} next={() => go('configuration')} />
      </div>
      <div
        class="part"
        role="tabpanel"
        id="part-configuration"
        aria-labelledby="step-configuration"
        hidden={part !== 'configuration'}
      >
        <Configuration view={view} store={store} isTraining={run?.state === 'running'} />
      </div>
      <div class="part" role="tabpanel" id="part-live" aria-labelledby="step-live" hidden={part !== 'live'}>
        <Live
          store={runStore}
          ask={(request) => send({ type: 'run-request', request })}
          showReport={() => go('report')}
        />
      </div>
      <div
        class="part"
        role="tabpanel"
        id="part-report"
        aria-labelledby="step-report"
        hidden={part !== 'report'}
      >
        <Report
          store={reportStore}
          send={send}
          change={
            options && isOpen('configuration')
              ? (finding) => store.keep({ typed: nextTyped(options, finding), part: 'configuration' })
              : null
          }
          learningCurve={
            options && isOpen('configuration') && view.begin.trusted
              ? () => send({ type: 'learning-curve', options })
              : null
          }
        />
      </div>
    </main>
  )
}

/** A button that leads to another part goes from view with its own: the focus then is on that part's tab. */
const useFocusKept = (part: Part | null): void => {
  const before = useRef(part)
  useEffect(() => {
    const from = before.current
    before.current = part
    if (from === null || from === part || !document.hasFocus()) return
    const { activeElement } = document
    if (
      activeElement === null ||
      activeElement === document.body ||
      activeElement.closest('[hidden]') !== null
    )
      document.getElementById(`step-${part}`)?.focus()
  }, [part])
}

/** The parts by name, as tabs: arrow keys go from one to the next. */
const Steps = ({
  part,
  isOpen,
  go,
}: {
  readonly part: Part
  readonly isOpen: (part: Part) => boolean
  readonly go: (part: Part) => void
}) => {
  const names = partNames()
  const move = (event: KeyboardEvent): void => {
    const by = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0
    if (by === 0) return
    const open = names.filter(([one]) => isOpen(one))
    const at = open.findIndex(([one]) => one === part)
    const to = open[(at + by + open.length) % open.length]?.[0]
    if (to === undefined) return
    event.preventDefault()
    go(to)
    document.getElementById(`step-${to}`)?.focus()
  }
  return (
    <div class="steps" role="tablist" aria-label={t`Steps`} onKeyDown={move}>
      {names.map(([one, name], i) => (
        <button
          key={one}
          type="button"
          role="tab"
          id={`step-${one}`}
          aria-controls={`part-${one}`}
          aria-selected={one === part}
          tabIndex={one === part ? 0 : -1}
          disabled={!isOpen(one)}
          onClick={() => go(one)}
        >
          {/* The space is for who hears the name. */}
          <span class="step-number">{i + 1}</span> {name}
        </button>
      ))}
    </div>
  )
}
