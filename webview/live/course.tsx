import type { Phase } from '../../src/shared/events.ts'
import { t } from '../../src/shared/l10n.ts'
import { phaseName } from '../../src/shared/status.ts'
import { duration } from '../parts/numbers.ts'
import { type RunView, runSeconds } from './run-store.ts'

/** What the run does, one phase after another, and how long each took. */
export const Phases = ({ view }: { readonly view: RunView }) => (
  <ol class="phases">
    {view.history.phases.map(({ phase, from, to }, i) => {
      const isNow = to === null && view.state === 'running'
      return (
        <li key={`${i} ${phase}`} aria-current={isNow ? 'step' : undefined}>
          <span>
            {phaseName(phase)}
            {isNow && <span class="took"> {detailOf(view, phase) ?? t`under way`}</span>}
          </span>
          <span class="took">{duration((to ?? runSeconds(view)) - from)}</span>
        </li>
      )
    })}
  </ol>
)

/** How far the phase is, in words; null where it does not say. */
const detailOf = ({ progress }: RunView, phase: Phase): string | null =>
  progress?.phase === phase ? progress.detail : null

/** What was found, chosen, cut or left out; warnings first. */
export const Notes = ({ view: { history } }: { readonly view: RunView }) => (
  <ul class="notes">
    {history.notes
      .toSorted((a, b) => Number(b.kind === 'warning') - Number(a.kind === 'warning'))
      .map(({ kind, message }) => (
        <li key={message} class={kind}>
          {kind === 'warning' && <strong>{t`Warning`}: </strong>}
          {message}
        </li>
      ))}
  </ul>
)
