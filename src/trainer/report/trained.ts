import { basename } from 'node:path'
import { listed } from '../../shared/counts.ts'
import { deviceName } from '../../shared/device.ts'
import { grouped, t } from '../../shared/l10n.ts'
import { duration } from '../cli/format.ts'
import type { RunFacts } from './facts.ts'
import { type Html, html } from './html.ts'
import { cut, labelText } from './words.ts'

const SHOWN_LABELS = 12

/** What was trained on what. */
export const trained = ({ record }: RunFacts): Html => {
  const { data, base, created, seconds, train_seconds, options, resolved } = record
  const { train, valid, test } = data.split
  const files = [data.train, ...data.more].map(({ path }) => basename(path))
  const named = (file: { readonly path: string } | null): string =>
    file === null ? '' : ` (${basename(file.path)})`
  const labels = data.labels.slice(0, SHOWN_LABELS).map(labelText)
  const entries: readonly (readonly [name: string, value: string])[] = [
    [t`File`, cut(listed(files), 400)],
    [
      t`Rows`,
      t`${train} to train on, ${grouped(valid) + named(data.valid)} to validate, ${grouped(test) + named(data.test)} to test`,
    ],
    [t`Columns`, [data.text, data.text_pair, data.label].filter((name) => name !== null).join(' · ')],
    data.target === null
      ? [
          t`Labels`,
          data.labels.length > labels.length
            ? t`${data.labels.length}: ${listed(labels)} and others`
            : t`${data.labels.length}: ${listed(labels)}`,
        ]
      : [t`Predicted`, t`a number, ${data.label}`],
    [t`Base model`, base.id],
    ...(resolved === null ? [] : [[t`Trained part`, resolved.strategy] as const]),
    [t`Computed by`, deviceName(resolved?.device ?? 'cpu')],
    [t`Begun`, `${created.slice(0, 16).replace('T', ' ')} UTC`],
    [t`Took`, t`${duration(seconds)}, of which training ${duration(train_seconds)}`],
    [t`Seed`, String(options.seed)],
  ]
  return html`<section class="trained"><h2>${t`What was trained`}</h2>
<dl>${entries.map(
    ([name, value]) => html`<div><dt>${name}</dt><dd dir="auto">${value}</dd></div>
`,
  )}</dl></section>`
}
