import { useEffect, useState } from 'preact/hooks'
import { t } from '../../src/shared/l10n.ts'
import type { RunRequestMessage, RunState } from '../../src/shared/page-run.ts'

type Request = RunRequestMessage['request']

/** Longer than a step takes; then a request that led to nothing may be made again. */
const PATIENCE_MS = 60_000

/** What can be asked of the run in its state. A request stays pressed until the state changes. */
export const Requests = ({
  state,
  refusal,
  ask,
}: {
  readonly state: RunState
  readonly refusal: { readonly canForce: boolean } | null
  readonly ask: (request: Request) => void
}) => {
  const [asked, setAsked] = useState<Request | null>(null)
  // Another state answers the request, or a refusal does.
  useEffect(() => setAsked(null), [state, refusal])
  useEffect(() => {
    if (asked === null) return
    const timer = setTimeout(() => setAsked(null), PATIENCE_MS)
    return () => clearTimeout(timer)
  }, [asked])
  const choices = possible(state, refusal?.canForce ?? false)
  if (choices.length === 0) return null
  return (
    <div class="requests">
      {choices.map(({ request, name, going, main }) => (
        <button
          type="button"
          class={main ? 'button' : 'button secondary'}
          key={request}
          // Kept in the order of the keys, where a disabled button would lose the focus.
          aria-disabled={asked !== null}
          onClick={() => {
            if (asked !== null) return
            setAsked(request)
            ask(request)
          }}
        >
          {asked === request ? going : name}
        </button>
      ))}
    </div>
  )
}

interface Choice {
  readonly request: Request
  readonly name: string
  /** Between the press and the state that follows. */
  readonly going: string
  readonly main: boolean
}

const possible = (state: RunState, canForce: boolean): readonly Choice[] => {
  const stop: Choice = { request: 'stop', name: t`Stop and Save`, going: t`Stopping…`, main: false }
  const resume: Choice = { request: 'resume', name: t`Resume`, going: t`Resuming…`, main: true }
  switch (state) {
    case 'running':
      return [{ request: 'pause', name: t`Pause`, going: t`Pausing…`, main: false }, stop]
    case 'paused':
      return [{ request: 'continue', name: t`Continue`, going: t`Continuing…`, main: true }, stop]
    case 'waiting':
      return [{ ...stop, name: t`Stop`, going: t`Stopping…` }]
    case 'interrupted':
    case 'failed':
    case 'crashed':
      // What was changed may be put right as well.
      return canForce
        ? [resume, { ...resume, request: 'resume-anyway', name: t`Resume Anyway`, main: false }]
        : [resume]
    case 'done':
    case 'damaged':
      return []
  }
}
