import { tmpdir } from 'node:os'
import type { TrainerHost } from '../../src/extension/trainer/launch.ts'
import { cli } from '../trainer/cli/cli.ts'

/** Calls the built command line on this Node, in English. */
export const host: TrainerHost = {
  script: cli,
  storage: tmpdir(),
  node: () => Promise.resolve({ path: process.execPath, version: process.version, isElectron: false }),
  variables: () => ({ FINESSE_LANG: 'en' }),
  isQueued: () => false,
  log: () => undefined,
  started: () => undefined,
}
