import { render } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import { t } from '../../src/shared/l10n.ts'
import {
  type LabellingItem,
  type LabellingSession,
  labelledCount,
  openItem,
} from '../../src/shared/labelling.ts'
import { percent } from '../parts/numbers.ts'
import { translatePage } from '../parts/translations.ts'
import { keep, listen, tell } from './host.ts'
import { filtered, requestOf } from './keys.ts'
import { Labels } from './labels.tsx'
import './labelling.css'

interface State {
  readonly session: LabellingSession | null
  readonly isChoosing: boolean
  readonly problem: string | null
}

/** Labels after which another training is worth its time. */
const ENOUGH = 10

const nameOf = (path: string): string => path.split(/[\\/]/).at(-1) ?? path

const Page = ({ session, isChoosing, problem }: State) => (
  <main>
    {problem === null ? null : (
      <p class="problem" role="alert">
        {problem}
      </p>
    )}
    {isChoosing || session === null ? (
      <p class="waiting" role="status">
        {t`Choosing the texts that are worth a label ...`}
      </p>
    ) : (
      <Session session={session} />
    )}
  </main>
)

const Session = ({ session }: { readonly session: LabellingSession }) => {
  const [typed, setTyped] = useState('')
  const field = useRef<HTMLInputElement>(null)
  const text = useRef<HTMLElement>(null)
  const at = openItem(session)
  const item = session.items[at]
  const shown = filtered(session.labels, typed)
  const isNew = typed.trim() !== '' && !session.labels.includes(typed.trim())
  // Two keys before the extension has answered would both be meant for this text.
  const asked = useRef('')
  const state = `${session.order.length} ${at}`

  const once = (send: () => void): void => {
    if (asked.current === state) return
    asked.current = state
    send()
  }
  const choose = (label: string): void => {
    setTyped('')
    text.current?.focus()
    once(() => tell({ type: 'label', item: at, label }))
  }
  const skip = (): void => once(() => tell({ type: 'skip', item: at }))
  const undo = (): void => once(() => tell({ type: 'undo' }))

  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent): void => {
      const request = requestOf(event, shown, event.target instanceof HTMLInputElement)
      if (request === null) return
      event.preventDefault()
      if (request === 'undo') undo()
      else if (item === undefined) return
      else if (request === 'filter') field.current?.focus()
      else if (request === 'skip') skip()
      else choose(request.label)
    }
    addEventListener('keydown', onKeyDown)
    return () => removeEventListener('keydown', onKeyDown)
  })
  // A problem leaves the state as it was: what was asked may be asked again.
  useEffect(() => {
    asked.current = ''
  }, [session])
  useEffect(() => text.current?.focus({ preventScroll: true }), [])

  const labelled = labelledCount(session)
  const canUndo = session.order.length > 0
  return (
    <>
      <header>
        <h1>{t`${nameOf(session.source)}: labels go into ${nameOf(session.target.path)}`}</h1>
        <p class="muted">{progressWords(session)}</p>
        <progress value={session.order.length} max={Math.max(1, session.items.length)} aria-hidden="true" />
      </header>
      {item === undefined ? (
        <section class="done" ref={text} tabIndex={-1}>
          <p>
            {session.items.length === 0
              ? t`There is no text left that has no label.`
              : t`Every text of this round is done.`}
          </p>
        </section>
      ) : (
        <>
          <section class="text" ref={text} tabIndex={-1} aria-label={t`Text of row ${item.row}`}>
            {item.text}
          </section>
          <Suggestion item={item} />
          <Labels
            shown={shown}
            typed={typed}
            isNew={isNew}
            field={field}
            onType={setTyped}
            onChoose={choose}
            onLeave={() => {
              setTyped('')
              text.current?.focus()
            }}
          />
        </>
      )}
      <footer>
        {item !== undefined && (
          <button type="button" class="second" aria-keyshortcuts="s" onClick={skip}>
            {t`Skip`}{' '}
            <span class="key" aria-hidden="true">
              S
            </span>
          </button>
        )}
        <button type="button" class="second" aria-keyshortcuts="u" disabled={!canUndo} onClick={undo}>
          {t`Undo`}{' '}
          <span class="key" aria-hidden="true">
            U
          </span>
        </button>
        {item === undefined && session.items.length > 0 && (
          <button type="button" class="second" onClick={() => tell({ type: 'more' })}>
            {t`Choose More Texts`}
          </button>
        )}
        {labelled >= ENOUGH && (
          <button type="button" class="first" onClick={() => tell({ type: 'train' })}>
            {t`Train Again`}
          </button>
        )}
      </footer>
      <p class="unseen" role="status">
        {spoken(session, item)}
      </p>
    </>
  )
}

/**
 * Shown, and not chosen beforehand: whoever has only to confirm comes to agree with the model where they would not have
 * (anchoring), and then its mistakes go back into what it learns from.
 */
const Suggestion = ({ item: { label, probability } }: { readonly item: LabellingItem }) =>
  label === null ? null : (
    <p class="muted suggestion">
      {probability === null
        ? t`The model guesses: ${label}`
        : t`The model guesses: ${label} (${percent(probability)})`}
    </p>
  )

const progressWords = (session: LabellingSession): string => {
  const left = session.items.filter(({ decision }) => decision.is === 'open').length
  const skipped = session.items.filter(({ decision }) => decision.is === 'skipped').length
  return t`${labelledCount(session)} labelled, ${skipped} skipped, ${left} left`
}

/** What was done and which text is next, for who hears the page. */
const spoken = (session: LabellingSession, next: LabellingItem | undefined): string => {
  const last = session.items[session.order.at(-1) ?? -1]
  const done = last?.decision.is === 'labelled' ? t`Labelled ${last.decision.label}.` : ''
  return `${done} ${progressWords(session)}. ${next?.text ?? ''}`.trim()
}

translatePage()

const place = document.getElementById('page') ?? document.body
let state: State = { session: null, isChoosing: false, problem: null }

listen((message) => {
  switch (message.type) {
    case 'choosing':
      state = { ...state, isChoosing: true, problem: null }
      break
    case 'session':
      keep({ source: message.session.source })
      // A round that failed ends in a session without texts: its problem comes next.
      state = { session: message.session, isChoosing: false, problem: null }
      break
    case 'problem':
      // A new object, so that what was asked may be asked again.
      state = { session: state.session && { ...state.session }, isChoosing: false, problem: message.message }
  }
  render(<Page {...state} />, place)
})
