import { useEffect, useState } from 'preact/hooks'
import type { RunView } from './run-store.ts'
import { spoken, stateSentence } from './words.ts'

/** Often enough to know, seldom enough to hear something else. */
const SOONEST_MS = 10_000

/** Says where the run is to a screen reader: at most every ten seconds, and at once when its state changes. */
export const Announcer = ({ view }: { readonly view: RunView }) => {
  const [said, setSaid] = useState({ text: '', at: Number.NEGATIVE_INFINITY, state: view.state })
  useEffect(() => {
    const now = performance.now()
    if (view.state === said.state && now - said.at < SOONEST_MS) return
    const sentence = stateSentence(view)
    setSaid({
      text: sentence === null ? spoken(view) : `${spoken(view)}. ${sentence}`,
      at: now,
      state: view.state,
    })
  }, [view, said])
  return (
    <div class="only-heard" role="status">
      {said.text}
    </div>
  )
}
