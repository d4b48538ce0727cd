import { isWritten, type Decided as Row } from '../../src/shared/check-page.ts'
import { t } from '../../src/shared/l10n.ts'
import { tell } from './host.ts'

/** Those above are enough to see what one did; all others are counted at the end. */
const SHOWN = 50

const wordsOf = ({ given, suggested, decision }: Row): string => {
  switch (decision.kind) {
    case 'accept':
      return t`${given} became ${suggested}`
    case 'label':
      return t`${given} became ${decision.label}`
    case 'delete':
      return t`deleted`
    case 'keep':
      return t`${given} kept`
    case 'skip':
      return t`skipped`
  }
}

/** What was decided, the newest first. What is not in the file can be decided again. */
export const Decided = ({ decided }: { readonly decided: readonly Row[] }) => (
  <section class="decided">
    <h2>{t`Decisions`}</h2>
    <ol>
      {decided.slice(0, SHOWN).map((row) => (
        <li key={row.index}>
          <span class="row">{t`Row ${row.row}`}</span>
          <span class="what">{wordsOf(row)}</span>
          <span class="excerpt muted">{row.text}</span>
          {isWritten(row.decision) ? null : (
            <button
              type="button"
              class="link"
              aria-label={t`Decide row ${row.row} again`}
              onClick={() => tell({ type: 'show', index: row.index })}
            >
              {t`Again`}
            </button>
          )}
        </li>
      ))}
    </ol>
    {decided.length > SHOWN && (
      <p class="muted">{t`${decided.length - SHOWN} earlier ones are not shown.`}</p>
    )}
  </section>
)
