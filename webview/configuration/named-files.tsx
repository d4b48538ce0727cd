import { useEffect } from 'preact/hooks'
import { t } from '../../src/shared/l10n.ts'
import { namedSentences } from '../data/named-findings.ts'
import { send } from '../host.ts'
import type { PanelStore, PanelView } from '../panel-store.ts'

/** Typing has ended. */
const PAUSE_MS = 400

/** What the files named for validation and test share with training, over the button that starts it. */
export const NamedFiles = ({ view, store }: { readonly view: PanelView; readonly store: PanelStore }) => {
  const { typed } = view.state
  const { valid = '', test = '', near_duplicates: asked } = typed
  useEffect(() => {
    const timer = setTimeout(() => send({ type: 'set-named', valid, test }), PAUSE_MS)
    return () => clearTimeout(timer)
  }, [valid, test])
  const said = view.named === null ? [] : namedSentences(view.named)
  if (said.length === 0) return null
  return (
    <div class="named-files">
      {said.map((sentence) => (
        <p key={sentence}>{sentence}</p>
      ))}
      {asked === 'drop' ? (
        <span class="muted">{t`Training leaves its own such rows out; the named files stay whole.`}</span>
      ) : (
        <button
          type="button"
          class="link"
          onClick={() => store.keep({ typed: { ...typed, near_duplicates: 'drop' } })}
        >
          {t`Leave Them Out of Training`}
        </button>
      )}
      <button type="button" class="link" onClick={() => store.keep({ part: 'data' })}>
        {t`Show Them`}
      </button>
    </div>
  )
}
