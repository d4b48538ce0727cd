import './report.css'
import { useEffect, useState } from 'preact/hooks'
import { t } from '../../src/shared/l10n.ts'
import type {
  CellRequestMessage,
  OpenReportMessage,
  OpenTestRowMessage,
  SliceRequestMessage,
} from '../../src/shared/page-run.ts'
import type { Finding } from '../../src/shared/trust.ts'
import { LabelParts } from './label-report.tsx'
import { NumberParts } from './number-report.tsx'
import type { ReportStore } from './report-store.ts'

/** What a finished run can do, and where it fails. */
export const Report = ({
  store,
  send,
  change,
  learningCurve,
}: {
  readonly store: ReportStore
  readonly send: (
    message: CellRequestMessage | SliceRequestMessage | OpenReportMessage | OpenTestRowMessage,
  ) => void
  /** Opens the configuration with what a finding says to change; null: there is no file to train on. */
  readonly change: ((finding: Finding) => void) | null
  /** Opens the learning curve of the run's rows; null: they are not here, or nothing is trained here. */
  readonly learningCurve: (() => void) | null
}) => {
  const [, setVersion] = useState(0)
  useEffect(() => store.subscribe(() => setVersion((version) => version + 1)), [store])
  const message = store.report()
  if (message === null) return <p class="muted">{t`Reading the report`}</p>
  const { report, problem } = message
  const open = (row: number, file: number | null): void => send({ type: 'open-test-row', row, file })
  return (
    <div class="report">
      {problem !== null && (
        <p class="said error" role="alert">
          {t`The report cannot be shown: ${problem}`}
        </p>
      )}
      {report?.task === 'classify' && (
        <LabelParts
          report={report}
          cell={store.cell()}
          slice={store.slice()}
          askSlice={({ kind, column, value }, from) =>
            send({ type: 'slice-request', kind, column, value, from })
          }
          change={change}
          learningCurve={learningCurve}
          ask={({ label, predicted }, from) => send({ type: 'cell-request', label, predicted, from })}
          open={open}
        />
      )}
      {report?.task === 'regress' && <NumberParts report={report} open={open} />}
      {report !== null && (
        <div>
          <button type="button" class="button secondary" onClick={() => send({ type: 'open-report' })}>
            {t`Open as a Page in the Browser`}
          </button>
        </div>
      )}
    </div>
  )
}
