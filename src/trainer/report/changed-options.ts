import { aboutOption, defaultOf, OPTION_NAMES } from '../../shared/config.ts'
import { t, translate } from '../../shared/l10n.ts'
import type { RunFacts } from './facts.ts'
import { type Html, html } from './html.ts'
import { table, text } from './table.ts'
import { cut } from './words.ts'

/** Options that differ from what holds where nothing is said. */
export const changedOptions = ({ record: { options } }: RunFacts): Html => {
  const changed = OPTION_NAMES.filter((name) => options[name] !== defaultOf(name))
  return html`<section><h2>${t`Options`}</h2>
${
  changed.length === 0
    ? html`<p>${t`All options have their defaults.`}</p>`
    : table(
        t`Options that differ from their defaults; all others have these`,
        [text(t`Option`), text(t`Value`), text(t`Default`), text(t`Meaning`)],
        changed.map((name) => [
          text(name),
          text(cut(String(options[name] ?? '–'), 120)),
          text(String(defaultOf(name) ?? '–')),
          text(translate(aboutOption(name).short)),
        ]),
      )
}</section>`
}
