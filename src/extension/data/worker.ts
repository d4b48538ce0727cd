import { parentPort, workerData } from 'node:worker_threads'
import * as v from 'valibot'
import { useTranslations } from '../../shared/l10n.ts'
import { createLeakCount } from './leak-count.ts'
import { createReader } from './reader.ts'
import type { FromDataWorker, ToDataWorker } from './worker-messages.ts'

const Start = v.object({ translations: v.record(v.string(), v.string()) })

/** The thread that reads data files, so that the extension host never waits for one. */
if (parentPort !== null) {
  const port = parentPort
  useTranslations(v.parse(Start, workerData).translations)
  const post = (message: FromDataWorker): void => port.postMessage(message)
  const reader = createReader(post)
  const leaks = createLeakCount(post)
  // A defect ends the thread, and the host is told.
  port.on(
    'message',
    (message: ToDataWorker) =>
      void (message.type === 'named-leaks' ? leaks.take(message) : reader.take(message)),
  )
}
