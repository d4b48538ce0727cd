import { render } from 'preact'
import { keepState, keptState, listen, send } from './host.ts'
import { createRunStore } from './live/run-store.ts'
import { Panel } from './panel.tsx'
import { createPanelStore } from './panel-store.ts'
import { translatePage } from './parts/translations.ts'
import { createReportStore } from './report/report-store.ts'
import './page.css'

translatePage()

const kept = keptState()
const store = createPanelStore(kept, keepState)
const runStore = createRunStore()
const reportStore = createReportStore()
listen((message) => {
  switch (message.type) {
    case 'run':
      if (reportStore.report() !== null && reportStore.report()?.path !== message.path) reportStore.clear()
      return runStore.take(message)
    case 'run-refused':
      return runStore.take(message)
    case 'report':
    case 'cell-rows':
    case 'slice-rows':
      return reportStore.take(message)
  }
  const before = store.view()?.state.roles
  store.take(message)
  const state = store.view()?.state
  // A configuration file may name columns.
  if (message.type === 'configuration' && state && state.roles !== before)
    send({ type: 'set-roles', roles: state.roles, numbers: state.typed.task === 'regress' })
})
const root = document.getElementById('page')
if (root) render(<Panel store={store} runStore={runStore} reportStore={reportStore} />, root)
send({ type: 'ready', state: kept })
