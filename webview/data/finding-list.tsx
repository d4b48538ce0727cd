import { t } from '../../src/shared/l10n.ts'
import { send } from '../host.ts'
import type { PanelStore, PanelView } from '../panel-store.ts'
import { count } from '../parts/numbers.ts'
import type { Finding } from './findings.ts'

interface Shown {
  readonly view: PanelView
  readonly store: PanelStore
}

/** What is doubtful, each with its first rows and what one button can do about it. */
export const FindingList = ({ findings, ...shown }: Shown & { readonly findings: readonly Finding[] }) => (
  <ul class="findings">
    {findings.map(({ what, advice, rows, named, mend }) => (
      <li key={what}>
        <span>{what}</span>
        <span class="muted">{advice}</span>
        {rows.length > 0 && (
          <span class="finding-rows">
            {rows.map((row) =>
              named === undefined ? (
                <OwnRow key={row} row={row} {...shown} />
              ) : (
                <NamedRow key={row} row={row} named={named} />
              ),
            )}
          </span>
        )}
        {mend !== undefined && <Mend mend={mend} {...shown} />}
      </li>
    ))}
  </ul>
)

/** Of the file that is shown: in the editor, else in the table. */
const OwnRow = ({ row, view: { opened }, store }: Shown & { readonly row: number }) => (
  <button
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
)

const NamedRow = ({
  row,
  named: { part, name, lines },
}: {
  readonly row: number
  readonly named: NonNullable<Finding['named']>
}) => {
  const line = lines.get(row) ?? null
  return line === null ? (
    <span>{count(row)}</span>
  ) : (
    <button
      type="button"
      class="link"
      aria-label={t`Open row ${row} of ${name} in the editor`}
      onClick={() => send({ type: 'open-named', part, line })}
    >
      {count(row)}
    </button>
  )
}

/** One button that changes the configuration, so that the finding does no harm. */
const Mend = ({
  mend,
  view: { state, roles },
  store,
}: Shown & { readonly mend: NonNullable<Finding['mend']> }) => {
  const change = (): void => {
    if (typeof mend === 'string') store.keep({ typed: { ...state.typed, near_duplicates: mend } })
    else if (roles !== null) {
      const chosen = { ...roles.roles, group: mend.group }
      store.keep({ roles: chosen })
      send({ type: 'set-roles', roles: chosen, numbers: state.typed.task === 'regress' })
    }
  }
  return (
    <button type="button" class="link" onClick={change}>
      {mend === 'together'
        ? t`Keep Them Together`
        : mend === 'drop'
          ? t`Leave Them Out of Training`
          : t`Keep Groups Together`}
    </button>
  )
}
