import { parentPort, workerData } from 'node:worker_threads'
import * as v from 'valibot'
import { useTranslations } from '../../shared/l10n.ts'
import { createReader } from './reader.ts'
import type { ToDataWorker } from './worker-messages.ts'

const Start = v.object({ translations: v.record(v.string(), v.string()) })

/** The thread that reads data files, so that the extension host never waits for one. */
if (parentPort !== null) {
  const port = parentPort
  useTranslations(v.parse(Start, workerData).translations)
  const reader = createReader((message) => port.postMessage(message))
  // A defect ends the thread, and the host is told.
  port.on('message', (message: ToDataWorker) => void reader.take(message))
}
