import { existsSync } from 'node:fs'
import { machineDifferences, thisMachine } from '../../run/machine.ts'
import { type Receipt, readReceipt } from '../../run/receipt.ts'
import { deviceName } from '../../shared/device.ts'
import { t } from '../../shared/l10n.ts'
import type { RunRecord } from '../../shared/run.ts'
import { runtimeVersion } from '../engine/runtime.ts'
import type { Report } from '../training/journal.ts'
import { changedFiles, filesOf } from '../training/resumable.ts'
import { trainAgain } from '../training/train-again.ts'
import { codeHash } from './code-hash.ts'
import { type Differences, differencesOf } from './differences.ts'
import { producedFiles } from './receipt.ts'

/** Whether a run gives its result again. */
export type Verification =
  | { readonly verdict: 'interrupted' }
  /** Data files are not what they were, so nothing was trained: a phrase each. */
  | { readonly verdict: 'changed'; readonly changes: readonly string[] }
  | {
      /** Whether all files came out with the same bytes. */
      readonly verdict: 'same' | 'different'
      /** Files of the run's folder that are no longer what the run wrote. */
      readonly tampered: readonly string[]
      /** Of the files that came out those that differ from what the run wrote. */
      readonly files: readonly string[]
      /** null where nothing differs. */
      readonly differences: Differences | null
      /** What was otherwise than when the run was trained, a phrase each. */
      readonly reasons: readonly string[]
      /** Whether the run has a receipt; without one what its folder holds now is taken for what it wrote. */
      readonly hasReceipt: boolean
    }

export interface VerifyRequest {
  readonly path: string
  readonly record: RunRecord
  /** The folder in which the run is made that it trains. */
  readonly out: string
  /** Other than the run's own; null: the same. */
  readonly threads: number | null
}

/**
 * Holds a finished run to its receipt, trains it again, and says whether the same comes out.
 *
 * @throws UserError where the base model or a file is gone or not what it was
 */
export const verify = async (
  { path, record, out, threads }: VerifyRequest,
  report: Report,
  stop: AbortSignal,
): Promise<Verification> => {
  const changes = await changedData(record)
  if (changes.length > 0) return { verdict: 'changed', changes }
  const receipt = readReceipt(path)
  const present = await producedFiles(path)
  const written = receipt?.files ?? present
  const used = { ...record, versions: { ...record.versions, threads: threads ?? record.versions.threads } }
  const ending = await trainAgain(used, out, report, stop)
  if (ending.kind === 'interrupted') return { verdict: 'interrupted' }
  const files = differing(written, await producedFiles(ending.run)).filter(
    // With smaller files it holds measured times.
    (name) => name !== 'model/README.md' || record.options.compress === null,
  )
  return {
    verdict: files.length === 0 ? 'same' : 'different',
    tampered: differing(written, present),
    files,
    differences: files.length === 0 ? null : await differencesOf(path, ending.run),
    reasons: reasonsOf(record, receipt, used.versions.threads),
    hasReceipt: receipt !== null,
  }
}

const changedData = async (record: RunRecord): Promise<readonly string[]> => [
  ...filesOf(record.data)
    .filter(({ path }) => !existsSync(path))
    .map(({ path }) => t`${path}: the file is gone`),
  ...(await changedFiles(record)),
]

/** Names of files that differ, or that only one has. */
const differing = (
  first: Readonly<Record<string, string>>,
  second: Readonly<Record<string, string>>,
): readonly string[] =>
  [...new Set([...Object.keys(first), ...Object.keys(second)])]
    .filter((name) => first[name] !== second[name])
    .sort()

/** What is otherwise now and may change bits. */
const reasonsOf = (record: RunRecord, receipt: Receipt | null, threads: number): readonly string[] => {
  const { versions, resolved } = record
  const code = codeHash()
  const device = resolved?.device ?? 'cpu'
  return [
    ...machineDifferences(record, thisMachine(), runtimeVersion),
    ...(threads === versions.threads
      ? []
      : [t`it was trained with ${versions.threads} threads, and now with ${threads}`]),
    ...(device === 'cpu'
      ? []
      : [t`it was trained on ${deviceName(device)}, which gives no equal bits from run to run`]),
    ...(versions.finesse === code.version
      ? receipt !== null && receipt.code.sha256 !== code.sha256
        ? [t`it was trained by other code of the same version of Finesse, ${code.version}`]
        : []
      : [t`it was trained by Finesse ${versions.finesse}, and now by ${code.version}`]),
    ...(versions.node === process.versions.node
      ? []
      : [t`it was trained by Node ${versions.node}, and now by ${process.versions.node}`]),
  ]
}
