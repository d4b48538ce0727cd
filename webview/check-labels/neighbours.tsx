import { t } from '../../src/shared/l10n.ts'
import type { Suspect } from '../../src/shared/suspect.ts'

/** The rows most like the one in view: what they are labelled says which label is meant. */
export const Neighbours = ({
  neighbours,
  given,
}: {
  readonly neighbours: Suspect['neighbours']
  readonly given: string
}) =>
  neighbours.length === 0 ? null : (
    <section class="neighbours">
      <h3>{t`Most similar rows`}</h3>
      <ul>
        {neighbours.map(({ row, text, text_pair, label }) => (
          <li key={row}>
            <span class={label === given ? 'label same' : 'label'}>{label}</span>
            <span class="excerpt" title={text.slice(0, 2000)}>
              {text.slice(0, 500)}
              {text_pair === undefined ? '' : ` / ${text_pair.slice(0, 500)}`}
            </span>
          </li>
        ))}
      </ul>
    </section>
  )
