import { parentPort } from 'node:worker_threads'
import { createReader } from './reader.ts'
import type { ToDataWorker } from './worker-messages.ts'

/** The thread that reads data files, so that the extension host never waits for one. */
if (parentPort !== null) {
  const port = parentPort
  const reader = createReader((message) => port.postMessage(message))
  // A defect ends the thread, and the host is told.
  port.on('message', (message: ToDataWorker) => void reader.take(message))
  port.on('close', () => void reader.close())
}
