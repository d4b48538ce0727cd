import { basename } from 'node:path'
import { t } from '../../shared/l10n.ts'
import type { RunFacts } from './facts.ts'
import { type Html, html } from './html.ts'
import { table, text } from './table.ts'
import { cut } from './words.ts'

/** What another run needs to come to the same result, and hashes by which that is seen. */
export const receiptSection = ({ receipt, record, path }: RunFacts): Html => {
  const { versions, machine } = record
  const surroundings: readonly (readonly [string, string])[] = [
    [t`Seed`, String(record.options.seed)],
    ['Finesse', versions.finesse],
    ['Node', versions.node],
    ['onnxruntime', versions.onnxruntime],
    [t`Platform`, versions.platform],
    ...(machine === null ? [] : [[t`Processor`, machine.cpu] as const]),
    [t`Threads`, String(versions.threads)],
    ...(receipt === null ? [] : [[t`Device`, receipt.device] as const]),
    [t`Folder`, path],
  ]
  const hashes: readonly (readonly [string, string])[] =
    receipt === null
      ? [record.data.train, ...record.data.more].map((file) => [basename(file.path), file.sha256] as const)
      : [
          ...receipt.data.map(({ name, sha256 }) => [name, sha256] as const),
          ...Object.entries(receipt.base.files).map(
            ([name, hash]) => [`${receipt.base.id}: ${name}`, hash] as const,
          ),
          [t`options`, receipt.options] as const,
          [t`program`, receipt.code.sha256] as const,
          ...Object.entries(receipt.files),
        ]
  return html`<section class="receipt"><h2>${t`Receipt`}</h2>
<p>${t`The command verify trains this run again from the same files and says whether the same comes out.`}</p>
<dl>${surroundings.map(
    ([name, value]) => html`<div><dt>${name}</dt><dd dir="auto">${value}</dd></div>
`,
  )}</dl>
${table(
  t`Files by their SHA-256`,
  [text(t`File`), text('SHA-256')],
  hashes.map(([name, hash]) => [text(cut(name, 120)), text(hash)]),
)}</section>`
}
