import { useEffect, useState } from 'preact/hooks'
import { t } from '../../src/shared/l10n.ts'
import type { Role, Roles } from '../../src/shared/page.ts'
import { optionsOf } from '../configuration/typed-options.ts'
import { send } from '../host.ts'
import type { PanelStore, PanelView } from '../panel-store.ts'
import './data.css'
import { RowsTable } from './rows-table.tsx'
import { Side } from './side.tsx'
import { bytesOf, fileName, kindName } from './words.ts'

const NO_ROLES: Roles = { text: null, label: null, text_pair: null, group: null, split_column: null }

/** The first part: what is in the file, and what its columns are for. */
export const Data = ({
  view,
  store,
  next,
}: {
  readonly view: PanelView
  readonly store: PanelStore
  readonly next: () => void
}) => {
  const { opened, index, problem, changed, state, goTo } = view
  const roles = view.roles?.roles ?? NO_ROLES
  const activate = (row: number): void => store.keep({ row })
  useEffect(() => {
    if (goTo) activate(goTo.row)
  }, [goTo?.asked])
  const roleOf = (column: string): Role | null => {
    const found = Object.entries(roles).find(([, name]) => name === column)?.[0]
    return isRole(found) ? found : null
  }
  const setRole = (column: string, role: Role | null): void => {
    const without = Object.fromEntries(
      Object.entries(roles).map(([one, name]) => [one, name === column ? null : name]),
    )
    const chosen: Roles = { ...NO_ROLES, ...without, ...(role === null ? {} : { [role]: column }) }
    store.keep({ roles: chosen })
    send({ type: 'set-roles', roles: chosen, numbers: state.typed.task === 'regress' })
  }
  const rows = index?.rows ?? 0
  const active = Math.min(Math.max(1, state.row), Math.max(1, rows))
  const isReady =
    view.roles !== null && roles.text !== null && roles.label !== null && view.roles.problem === null
  return (
    <div class="data">
      {state.files.length > 0 && <Head view={view} store={store} />}
      {changed !== null && (changed.gone || problem === null) && <Changed gone={changed.gone} />}
      {problem !== null && (
        <div class="banner bad" role="alert">
          <p>{problem.message}</p>
          {problem.line !== null && opened?.inEditor && (
            <button
              type="button"
              class="link"
              onClick={() => problem.line !== null && send({ type: 'open-line', line: problem.line })}
            >
              {t`Open line ${problem.line}`}
            </button>
          )}
          <button type="button" class="link" onClick={() => send({ type: 'reload-file' })}>
            {t`Read Again`}
          </button>
        </div>
      )}
      {opened !== null && rows > 0 && (
        <div class="data-parts">
          <div class="table-part">
            <RowsTable
              columns={opened.columns}
              roleOf={roleOf}
              setRole={setRole}
              rows={rows}
              active={active}
              row={store.row}
              want={(first, wanted) => send({ type: 'want-rows', first, count: wanted })}
              activate={activate}
              open={(row) => send({ type: 'open-row', row })}
            />
            <Reading view={view} store={store} active={active} />
          </div>
          <div class="side">
            <Side view={view} store={store} />
          </div>
        </div>
      )}
      {opened === null && problem === null && state.files.length > 0 && (
        <p class="empty muted" role="status">{t`Opening the file`}</p>
      )}
      {state.files.length === 0 && (
        <p class="empty muted">{t`The files of this run are not known: its record can't be read.`}</p>
      )}
      <div class="next">
        <button type="button" class="button" disabled={!isReady} onClick={next}>
          {t`Configure Training`}
        </button>
        {state.typed.task !== 'regress' && (
          <button
            type="button"
            class="button secondary"
            disabled={!isReady || !view.begin.trusted}
            onClick={() => send({ type: 'check-labels', roles })}
          >
            {t`Check Labels`}
          </button>
        )}
        {state.typed.task !== 'regress' && (
          <button
            type="button"
            class="button secondary"
            disabled={!isReady || !view.begin.trusted}
            onClick={() => send({ type: 'learning-curve', options: optionsOf(state.typed, roles) })}
          >
            {t`Show Learning Curve`}
          </button>
        )}
        <span class="muted" role="status">
          {isReady || opened === null || opened.columns.length < 2
            ? ''
            : t`Choose the columns of text and label in the table's header.`}
        </span>
      </div>
    </div>
  )
}

const isRole = (name: string | undefined): name is Role => name !== undefined && Object.hasOwn(NO_ROLES, name)

const Head = ({ view, store }: { readonly view: PanelView; readonly store: PanelStore }) => {
  const { opened, index, roles, state, profile } = view
  const { files, shown } = state
  const path = files[shown]
  const read = index?.done ? (profile?.profile ? 1 : 0) : (index?.share ?? null)
  const facts = opened && [
    kindName(opened.kind),
    index?.done ? t`${index.rows} rows` : t`${index?.rows ?? 0} rows so far`,
    profile?.profile && profile.profile.usable < profile.profile.rows
      ? t`${profile.profile.usable} with text and label`
      : null,
    bytesOf(opened.bytes),
  ]
  const said = [...(opened?.said ?? []), ...(roles?.found ? [roles.found] : [])]
  return (
    <header class="data-head">
      <div class="data-title">
        {files.length > 1 ? (
          <select
            class="select file"
            aria-label={t`Which file is shown`}
            value={String(shown)}
            onChange={({ currentTarget: { value } }) => {
              store.keep({ shown: Number(value), row: 1 })
              send({ type: 'show-file', index: Number(value) })
            }}
          >
            {files.map((file, i) => (
              <option key={file} value={String(i)}>
                {fileName(file)}
              </option>
            ))}
          </select>
        ) : (
          <h2 title={path}>{path === undefined ? '' : fileName(path)}</h2>
        )}
        {facts && <span class="muted facts">{facts.filter((fact) => fact !== null).join(' · ')}</span>}
      </div>
      {files.length > 1 && <p class="muted">{t`Training reads all ${files.length} files; one is shown.`}</p>}
      {said.map((sentence) => (
        <p class="muted" key={sentence}>
          {sentence}
        </p>
      ))}
      {roles?.problem && (
        <p class="problem">
          {opened !== null && opened.columns.length < 2
            ? t`The file has one column. Training needs two: one of texts, and one of what is predicted of them.`
            : state.roles === null
              ? t`Which columns hold the text and the label can't be told from the file.`
              : roles.problem}
        </p>
      )}
      {index !== null && !index.done && (
        <div
          class="progress"
          role="progressbar"
          aria-label={t`Reading the file`}
          {...(read === null ? {} : { 'aria-valuenow': Math.round(100 * read) })}
        >
          <div style={{ width: `${100 * (read ?? 0)}%` }} />
        </div>
      )}
    </header>
  )
}

const Changed = ({ gone }: { readonly gone: boolean }) => (
  <div class="banner" role="status">
    <p>{gone ? t`The file is no longer there.` : t`The file was changed after it was read.`}</p>
    {!gone && (
      <button type="button" class="link" onClick={() => send({ type: 'reload-file' })}>
        {t`Read Again`}
      </button>
    )}
  </div>
)

/** The chosen row in full. */
const Reading = ({
  view: { opened, roles },
  store,
  active,
}: {
  readonly view: PanelView
  readonly store: PanelStore
  readonly active: number
}) => {
  const [isOpen, setOpen] = useState(true)
  const row = store.row(active)
  if (opened === null) return null
  const text = roles?.roles.text ?? null
  const order = [...opened.columns.keys()].sort(
    (a, b) => Number(opened.columns[b] === text) - Number(opened.columns[a] === text),
  )
  return (
    <section class="reading" aria-label={t`The chosen row`}>
      <div class="reading-head">
        <button type="button" class="link" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          {t`Row ${active}`}
        </button>
        {opened.inEditor && (
          <button type="button" class="link" onClick={() => send({ type: 'open-row', row: active })}>
            {t`Open in Editor`}
          </button>
        )}
      </div>
      {isOpen && (
        <dl>
          {order.map((i) => (
            <div key={opened.columns[i]}>
              <dt>{opened.columns[i]}</dt>
              <dd>{row?.cells[i] ?? ''}</dd>
            </div>
          ))}
        </dl>
      )}
    </section>
  )
}
