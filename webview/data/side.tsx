import { t } from '../../src/shared/l10n.ts'
import type { PanelStore, PanelView } from '../panel-store.ts'
import { percent } from '../parts/numbers.ts'
import { FindingList } from './finding-list.tsx'
import { findingsOf } from './findings.ts'
import { Labels, Numbers } from './labels.tsx'
import { Lengths } from './lengths.tsx'
import { namedFindings } from './named-findings.ts'

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
  const { profile, named, state } = view
  if (!profile?.profile) return null
  const asked = state.typed.near_duplicates ?? 'together'
  const findings = [
    ...(named === null ? [] : namedFindings(named, asked)),
    ...findingsOf(profile.profile, asked),
  ]
  return (
    <section class="side-part">
      <h3>{t`Worth a look`}</h3>
      {named?.leaks === null && (
        <p class="muted" role="status">{t`Comparing the files for validation and test with training`}</p>
      )}
      {findings.length === 0 && named?.leaks !== null && (
        <p class="muted">{t`No empty cells, no duplicates, no conflicting labels.`}</p>
      )}
      <FindingList findings={findings} view={view} store={store} />
    </section>
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
