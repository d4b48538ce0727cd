import { sendRequest } from '../../run/control.ts'
import { UserError } from '../../shared/error.ts'
import { t } from '../../shared/l10n.ts'
import type { FromPage, ToPage } from '../../shared/page.ts'
import type { RunRequestMessage } from '../../shared/page-run.ts'
import type { TestRow } from './find-test-row.ts'
import { type Report, readReport } from './report-feed.ts'
import { feedRun } from './run-feed.ts'
import type { RunPart } from './services.ts'

export interface RunPartHost {
  /** Goes on with the run, by force or not; throws a UserError with the trainer's own line. */
  resume(path: string, force: boolean): Promise<void>
  /** Shows a row of a data file, absolute, where a person can read it. */
  openRow(row: TestRow): Promise<void>
  /** Opens the run's report in the browser. */
  openReport(path: string): Promise<void>
  /** What is a defect, and no answer. */
  log(error: unknown): void
}

/** Follows a run for a page: how it goes, its report when it is done, and what the page asks about it. */
export function createRunPart(path: string, post: (message: ToPage) => void, host: RunPartHost): RunPart {
  let report: Report | null = null
  let isDisposed = false
  const tell = (message: ToPage): void => {
    if (!isDisposed) post(message)
  }
  const showReport = async (): Promise<void> => {
    report = await readReport(path)
    tell(report.message)
  }
  const feed = feedRun(path, tell, () => showReport().catch((error: unknown) => host.log(error)))

  const ask = async (request: RunRequestMessage['request']): Promise<void> => {
    try {
      if (request === 'resume' || request === 'resume-anyway')
        return await host.resume(path, request === 'resume-anyway')
      const reply = await sendRequest(path, { request })
      if (reply === null) throw new UserError(t`No process trains this run any more.`)
      if (!reply.ok) throw new UserError(reply.error)
    } catch (error) {
      if (error instanceof UserError)
        tell({ type: 'run-refused', message: error.message, canForce: error.kind === 'changed' })
      else {
        host.log(error)
        tell({ type: 'run-refused', message: t`That failed. The log has more.`, canForce: false })
      }
    }
  }

  return {
    async take(message: FromPage) {
      switch (message.type) {
        case 'run-request':
          return ask(message.request)
        case 'cell-request':
          if (report) tell(report.cell(message))
          return
        case 'slice-request':
          if (report) tell(report.slice(message))
          return
        case 'open-report':
          return host.openReport(path)
        case 'open-test-row': {
          const row = report?.testRow(message.row, message.file) ?? null
          if (row !== null) await host.openRow(row)
        }
      }
    },
    dispose() {
      isDisposed = true
      feed.dispose()
    },
  }
}
