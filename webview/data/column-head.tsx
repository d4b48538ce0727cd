import { t } from '../../src/shared/l10n.ts'
import { ROLES, type Role } from '../../src/shared/page.ts'

export const roleName = (role: Role): string =>
  ({
    text: t`Text`,
    label: t`Label`,
    text_pair: t`Second text`,
    group: t`Group`,
    split_column: t`Split`,
  })[role]

/** A column's name, and what it is for. */
export const ColumnHead = ({
  column,
  role,
  setRole,
}: {
  readonly column: string
  readonly role: Role | null
  readonly setRole: (role: Role | null) => void
}) => (
  // biome-ignore lint/a11y/useSemanticElements: the table is made of other elements
  // biome-ignore lint/a11y/useFocusableInteractive: what is in it can be focused
  <div class="cell column" role="columnheader">
    <span class="column-name" title={column}>
      {column}
    </span>
    <select
      class={role === null ? 'role none' : 'role'}
      aria-label={t`What ${column} is for`}
      value={role ?? ''}
      onChange={({ currentTarget: { value } }) => setRole(ROLES.find((one) => one === value) ?? null)}
    >
      <option value="">{t`Not used`}</option>
      {ROLES.map((one) => (
        <option key={one} value={one}>
          {roleName(one)}
        </option>
      ))}
    </select>
  </div>
)
