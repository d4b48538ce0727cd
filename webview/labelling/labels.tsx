import type { RefObject } from 'preact'
import { t } from '../../src/shared/l10n.ts'

interface Props {
  readonly shown: readonly string[]
  readonly typed: string
  /** What was typed is no label yet. */
  readonly isNew: boolean
  readonly field: RefObject<HTMLInputElement | null>
  readonly onType: (typed: string) => void
  readonly onChoose: (label: string) => void
  readonly onLeave: () => void
}

/** The labels with their keys, and a field that filters them or takes a new one. */
export const Labels = ({ shown, typed, isNew, field, onType, onChoose, onLeave }: Props) => {
  const fresh = typed.trim()
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Escape') onLeave()
    if (event.key !== 'Enter' || event.isComposing || fresh === '') return
    event.preventDefault()
    onChoose(shown[0] ?? fresh)
  }
  return (
    <section class="labels" aria-label={t`Labels`}>
      <input
        ref={field}
        type="text"
        value={typed}
        placeholder={t`Find a label, or type a new one`}
        aria-label={t`Find a label, or type a new one`}
        onInput={({ currentTarget }) => onType(currentTarget.value)}
        onKeyDown={onKeyDown}
      />
      <div class="choices">
        {shown.map((label, i) => (
          <button key={label} type="button" title={label} onClick={() => onChoose(label)}>
            <span class="key" aria-hidden="true">
              {i < 9 ? i + 1 : ''}
            </span>
            <span class="name">{label}</span>
          </button>
        ))}
        {isNew && (
          <button type="button" title={fresh} onClick={() => onChoose(fresh)}>
            <span class="key" aria-hidden="true">
              +
            </span>
            <span class="name">{t`New label: ${fresh}`}</span>
          </button>
        )}
      </div>
    </section>
  )
}
