import { t } from '../../src/shared/l10n.ts'
import { send } from '../host.ts'
import type { PanelStore, PanelView } from '../panel-store.ts'
import { count, percent } from '../parts/numbers.ts'
import { type Finding, findingsOf } from './findings.ts'
import { Labels, Numbers } from './labels.tsx'
import { Lengths } from './lengths.tsx'

/** What the rows hold: labels, lengths, and what is doubtful. */
export const Side = ({ view, store }: { readonly view: PanelView; readonly store: PanelStore }) => {
  const profile = view.profile?.profile ?? null
  if (profile === null) return <Waiting view={view} />
  const { typed } = view.state
  const tokens = view.tokens !== null && view.tokens.lengths.length > 0 ? view.tokens : null
  const asked = Number(typed.max_length ?? '')
  const limit = Number.isInteger(asked) && asked > 0 ? asked : (tokens?.limit ?? null)
  const lengths = tokens?.lengths ?? profile.lengths.counts
  return (
    <>
      {typed.task === 'regress' ? <Numbers profile={profile} /> : <Labels profile={profile} />}
      {lengths.length > 0 && (
        <Lengths
          lengths={lengths}
          isTokens={tokens !== null}
          limit={tokens === null ? null : limit}
          setLimit={(length) => store.keep({ typed: { ...typed, max_length: String(length) } })}
        />
      )}
      {view.tokens?.problem && <p class="side-part muted">{view.tokens.problem}</p>}
      <Findings view={view} store={store} />
    </>
  )
}

const Findings = ({ view, store }: { readonly view: PanelView; readonly store: PanelStore }) => {
  const { profile, opened, state } = view
  if (!profile?.profile) return null
  const findings = findingsOf(profile.profile, state.typed.near_duplicates ?? 'together')
  return (
    <section class="side-part">
      <h3>{t`Worth a look`}</h3>
      {findings.length === 0 && (
        <p class="muted">{t`No empty cells, no duplicates, no conflicting labels.`}</p>
      )}
      <ul class="findings">
        {findings.map(({ what, advice, rows, mend }) => (
          <li key={what}>
            <span>{what}</span>
            <span class="muted">{advice}</span>
            {rows.length > 0 && (
              <span class="finding-rows">
                {rows.map((row) => (
                  <button
                    key={row}
                    type="button"
                    class="link"
                    aria-label={opened?.inEditor ? t`Open row ${row} in the editor` : t`Go to row ${row}`}
                    onClick={() => {
                      store.keep({ row })
                      send({ type: 'open-row', row })
                    }}
                  >
                    {count(row)}
                  </button>
                ))}
              </span>
            )}
            {mend !== undefined && <Mend mend={mend} view={view} store={store} />}
          </li>
        ))}
      </ul>
    </section>
  )
}

/** One button that changes the configuration, so that the finding does no harm. */
const Mend = ({
  mend,
  view: { state, roles },
  store,
}: {
  readonly mend: NonNullable<Finding['mend']>
  readonly view: PanelView
  readonly store: PanelStore
}) => {
  const change = (): void => {
    if (mend === 'together') store.keep({ typed: { ...state.typed, near_duplicates: 'together' } })
    else if (roles !== null) {
      const chosen = { ...roles.roles, group: mend.group }
      store.keep({ roles: chosen })
      send({ type: 'set-roles', roles: chosen, numbers: state.typed.task === 'regress' })
    }
  }
  return (
    <button type="button" class="link" onClick={change}>
      {mend === 'together' ? t`Keep Them Together` : t`Keep Groups Together`}
    </button>
  )
}

const Waiting = ({ view: { roles, profile, index, problem } }: { readonly view: PanelView }) => {
  if (problem !== null) return null
  if (roles === null || (roles.problem === null && (profile !== null || hasColumns(roles.roles)))) {
    const read = profile?.read ?? index?.rows ?? 0
    const share =
      profile !== null && index?.done ? profile.read / Math.max(1, index.rows) : (index?.share ?? null)
    return (
      <p class="side-part muted">
        {share === null ? t`Reading: ${read} rows so far` : t`Reading: ${read} rows, ${percent(share, 0)}`}
      </p>
    )
  }
  return (
    <p class="side-part muted">
      {t`Labels and lengths are shown when the columns of text and label are chosen.`}
    </p>
  )
}

const hasColumns = ({
  text,
  label,
}: {
  readonly text: string | null
  readonly label: string | null
}): boolean => text !== null && label !== null
