import { render } from 'preact'
import type { ToCheck } from '../../src/shared/check-page.ts'
import { t } from '../../src/shared/l10n.ts'
import { phaseName } from '../../src/shared/status.ts'
import '../page.css'
import './check-labels.css'
import { count, percent } from '../parts/numbers.ts'
import { translatePage } from '../parts/translations.ts'
import { Decided } from './decided.tsx'
import { Done } from './done.tsx'
import { keep, listen, tell } from './host.ts'
import { Item } from './item.tsx'

type Begin = Extract<ToCheck, { type: 'begin' }>
type Shown = Exclude<ToCheck, Begin>

const Page = ({ name, shown }: { readonly name: string; readonly shown: Shown }) => {
  const queue = shown.type === 'queue' ? shown : null
  const progress = shown.type === 'computing' ? shown.progress : null
  const share = queue === null ? (progress?.share ?? null) : queue.decided.length / Math.max(1, queue.total)
  return (
    <main class="check">
      <header>
        <h1>{t`Labels of ${name} that may be wrong`}</h1>
        {queue !== null && queue.total > 0 && (
          <span class="muted place">
            {queue.item === null
              ? t`${count(queue.decided.length)} of ${count(queue.total)} decided`
              : t`${count(queue.item.index + 1)} of ${count(queue.total)}`}
          </span>
        )}
      </header>
      <div
        class={`progress ${shown.type === 'computing' && progress === null ? 'endless' : ''}`}
        role="progressbar"
        aria-label={queue === null ? t`Looking for labels that may be wrong` : t`Rows decided`}
        {...(queue === null
          ? progress === null
            ? {}
            : {
                'aria-valuenow': Math.round(100 * progress.share),
                'aria-valuetext': progressWords(progress),
              }
          : { 'aria-valuenow': queue.decided.length, 'aria-valuemin': 0, 'aria-valuemax': queue.total })}
        hidden={shown.type === 'problem' || queue?.total === 0}
      >
        <div style={share === null ? {} : { width: `${100 * share}%` }} />
      </div>
      {shown.type === 'computing' && <Computing progress={progress} />}
      {shown.type === 'problem' && <Problem message={shown.message} />}
      {queue?.problem && (
        <div class="banner bad" role="alert">
          <p>{queue.problem}</p>
          <CheckAgain />
        </div>
      )}
      {queue?.item && <Item item={queue.item} labels={queue.labels} canUndo={queue.decided.length > 0} />}
      {queue !== null && queue.item === null && <Done queue={queue} />}
      {queue !== null && queue.decided.length > 0 && <Decided decided={queue.decided} />}
      <p class="unseen" role="status">
        {queue === null ? '' : heard(queue)}
      </p>
    </main>
  )
}

/** What was done last, and what is in view now. */
const heard = ({ said, item, total }: Extract<Shown, { type: 'queue' }>): string =>
  [
    said,
    item && t`${item.index + 1} of ${total}: ${item.suspect.text.slice(0, 300)}`,
    item && t`Given: ${item.suspect.given}. Suggested: ${item.suspect.suggested}.`,
  ]
    .filter((part) => part !== null)
    .join(' ')

type Progress = NonNullable<Extract<Shown, { type: 'computing' }>['progress']>

const progressWords = ({ phase, share }: Progress): string => `${phaseName(phase)}, ${percent(share, 0)}`

const Computing = ({ progress }: { readonly progress: Progress | null }) => (
  <section class="message">
    <p role="status">{t`Each row's label is compared with what a model says that was trained on the other rows.`}</p>
    {progress !== null && <p class="muted place">{progressWords(progress)}</p>}
    <button type="button" class="button secondary" onClick={() => tell({ type: 'cancel' })}>
      {t`Cancel`}
    </button>
  </section>
)

const Problem = ({ message }: { readonly message: string }) => (
  <section class="message">
    <p class="problem" role="alert">
      {message}
    </p>
    <CheckAgain />
  </section>
)

const CheckAgain = () => (
  <button type="button" class="button secondary" onClick={() => tell({ type: 'check-again' })}>
    {t`Check Again`}
  </button>
)

translatePage()

const place = document.getElementById('page') ?? document.body
let name = ''
let shown: Shown = { type: 'computing', progress: null }
listen((message) => {
  if (message.type === 'begin') {
    name = message.name
    keep(message.checked)
  } else shown = message
  render(<Page name={name} shown={shown} />, place)
})
