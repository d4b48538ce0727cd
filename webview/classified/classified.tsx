import { render } from 'preact'
import { useMemo, useState } from 'preact/hooks'
import {
  type ClassifiedRow,
  isShown,
  type Shown,
  type ToClassified,
} from '../../src/shared/classified-page.ts'
import { t } from '../../src/shared/l10n.ts'
import './classified.css'
import { translatePage } from '../parts/translations.ts'
import { listen, tell } from './host.ts'
import { Rows } from './rows.tsx'

type Begin = Extract<ToClassified, { type: 'begin' }>

interface State {
  readonly begin: Begin
  readonly rows: readonly ClassifiedRow[]
  readonly problem: string | null
}

/** What is chosen of the filter, as the value of an option. */
const ALL = 'all'
const UNSURE = 'unsure'
const LABEL = 'label '

const shownBy = (choice: string): Shown =>
  choice === ALL
    ? { of: 'all' }
    : choice === UNSURE
      ? { of: 'unsure' }
      : { of: 'label', label: choice.slice(LABEL.length) }

const Page = ({ begin, rows, problem }: State) => {
  const [choice, setChoice] = useState(ALL)
  const shown = shownBy(choice)
  const filtered = useMemo(() => rows.filter((row) => isShown(row, shownBy(choice))), [rows, choice])
  const counts = new Map<string, number>()
  for (const { label } of rows) counts.set(label, (counts.get(label) ?? 0) + 1)
  const unsure = rows.filter((row) => row.unsure).length
  const isOfNumbers = rows.some(({ value }) => value !== null)
  const isDone = rows.length === begin.total || problem !== null
  return (
    <main>
      <header>
        <h1>{t`${begin.file}, classified by ${begin.model}`}</h1>
        <div class="tools">
          {!isOfNumbers && (
            <label>
              {t`Show`}
              <select value={choice} onChange={({ currentTarget }) => setChoice(currentTarget.value)}>
                <option value={ALL}>{t`all (${rows.length})`}</option>
                {[...counts]
                  .sort((a, b) => b[1] - a[1])
                  .map(([label, rows]) => (
                    <option key={label} value={`${LABEL}${label}`}>{`${label} (${rows})`}</option>
                  ))}
                <option value={UNSURE}>{t`unsure (${unsure})`}</option>
              </select>
            </label>
          )}
          <button
            type="button"
            disabled={!isDone || filtered.length === 0}
            onClick={() => tell({ type: 'save', shown })}
          >
            {t`Save as CSV`}
          </button>
        </div>
      </header>
      {problem === null ? null : (
        <p class="problem" role="alert">
          {problem}
        </p>
      )}
      <progress
        class={isDone ? 'over' : ''}
        value={rows.length}
        max={begin.total}
        aria-label={t`Classifying`}
        aria-hidden={isDone}
      />
      <Rows rows={filtered} />
      <p class="count" role="status">
        {isDone
          ? t`${filtered.length} of ${rows.length} texts shown`
          : t`${rows.length} of ${begin.total} texts classified`}
      </p>
    </main>
  )
}

translatePage()

const place = document.getElementById('page') ?? document.body
let state: State | null = null
const show = (): void => {
  if (state !== null) render(<Page {...state} />, place)
}

listen((message) => {
  switch (message.type) {
    case 'begin':
      state = { begin: message, rows: [], problem: null }
      break
    case 'rows':
      // A page that is built anew may be told of rows before it is told of those in front of them.
      if (state === null || message.first > state.rows.length) return
      state = { ...state, rows: [...state.rows.slice(0, message.first), ...message.rows] }
      break
    case 'problem':
      if (state !== null) state = { ...state, problem: message.message }
  }
  show()
})
