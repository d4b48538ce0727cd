import { useEffect, useRef, useState } from 'preact/hooks'
import type { Decision, Queue } from '../../src/shared/check-page.ts'
import { t } from '../../src/shared/l10n.ts'
import { percent } from '../parts/numbers.ts'
import { tell } from './host.ts'
import { Neighbours } from './neighbours.tsx'
import { quickLabels } from './quick-labels.ts'

type Shown = NonNullable<Queue['item']>

/** One row, and what can be decided of it by key or button. */
export const Item = ({
  item: { index, row, suspect },
  labels,
  canUndo,
}: {
  readonly item: Shown
  readonly labels: readonly string[]
  readonly canUndo: boolean
}) => {
  const quick = quickLabels(labels, suspect)
  const decide = (decision: Decision): void => tell({ type: 'decide', index, decision })
  const keys: Readonly<Record<string, () => void>> = {
    a: () => decide({ kind: 'accept' }),
    k: () => decide({ kind: 'keep' }),
    s: () => decide({ kind: 'skip' }),
    d: () => decide({ kind: 'delete' }),
    u: () => canUndo && tell({ type: 'undo' }),
    ...Object.fromEntries(quick.map((label, i) => [String(i + 1), () => decide({ kind: 'label', label })])),
  }
  useKeys(keys)
  const top = useRef<HTMLElement>(null)
  // The next row is read from its beginning.
  useEffect(() => {
    top.current?.scrollTo({ top: 0 })
    for (const text of top.current?.querySelectorAll('.text') ?? []) text.scrollTo({ top: 0 })
  }, [index])
  return (
    <article class="item" ref={top} aria-label={t`Row ${row}`}>
      <h2>{t`Row ${row}`}</h2>
      <Text text={suspect.text} label={t`Text`} />
      {suspect.text_pair !== undefined && <Text text={suspect.text_pair} label={t`Second text`} />}
      <dl class="labels">
        <div>
          <dt>{t`Given`}</dt>
          <dd>
            <b>{suspect.given}</b> <span class="muted">{percent(suspect.given_probability)}</span>
          </dd>
        </div>
        <div>
          <dt>{t`Suggested`}</dt>
          <dd>
            <b>{suspect.suggested}</b> <span class="muted">{percent(suspect.probability)}</span>
          </dd>
        </div>
      </dl>
      <div class="actions">
        <button type="button" class="button" aria-keyshortcuts="a" onClick={keys.a}>
          {t`Accept`} <kbd>A</kbd>
        </button>
        <button type="button" class="button secondary" aria-keyshortcuts="k" onClick={keys.k}>
          {t`Keep`} <kbd>K</kbd>
        </button>
        <button type="button" class="button secondary" aria-keyshortcuts="s" onClick={keys.s}>
          {t`Skip`} <kbd>S</kbd>
        </button>
        <button type="button" class="button secondary" aria-keyshortcuts="d" onClick={keys.d}>
          {t`Delete Row`} <kbd>D</kbd>
        </button>
        <button
          type="button"
          class="button secondary"
          aria-keyshortcuts="u"
          aria-disabled={!canUndo}
          onClick={keys.u}
        >
          {t`Undo`} <kbd>U</kbd>
        </button>
      </div>
      <section class="others" aria-label={t`Another label`}>
        <h3>{t`Another label`}</h3>
        <div class="quick">
          {quick.map((label, i) => (
            <button
              key={label}
              type="button"
              class="button secondary"
              aria-keyshortcuts={String(i + 1)}
              onClick={() => decide({ kind: 'label', label })}
            >
              <kbd>{i + 1}</kbd> {label}
            </button>
          ))}
        </div>
        {labels.length > quick.length && (
          <Picker key={index} labels={labels} choose={(label) => decide({ kind: 'label', label })} />
        )}
      </section>
      <Neighbours neighbours={suspect.neighbours} given={suspect.given} />
    </article>
  )
}

/** Its own box scrolls: a text may be a whole document, and the labels stay in view. */
const Text = ({ text, label }: { readonly text: string; readonly label: string }) => (
  // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys
  <section class="text scroll" aria-label={label} tabIndex={0}>
    {text}
  </section>
)

const Picker = ({
  labels,
  choose,
}: {
  readonly labels: readonly string[]
  readonly choose: (label: string) => void
}) => {
  const [picked, setPicked] = useState('')
  return (
    <div class="picker">
      <select
        class="select"
        aria-label={t`All labels`}
        value={picked}
        onChange={({ currentTarget }) => setPicked(currentTarget.value)}
      >
        <option value="">{t`all ${labels.length} labels`}</option>
        {labels.map((label) => (
          <option key={label} value={label}>
            {label}
          </option>
        ))}
      </select>
      <button type="button" class="button secondary" disabled={picked === ''} onClick={() => choose(picked)}>
        {t`Use This Label`}
      </button>
    </div>
  )
}

/** Keys count wherever the focus is, but where a person chooses by letters. */
const useKeys = (keys: Readonly<Record<string, () => void>>): void => {
  const current = useRef(keys)
  current.current = keys
  useEffect(() => {
    const press = (event: KeyboardEvent): void => {
      const { key, ctrlKey, altKey, metaKey, repeat, target } = event
      if (ctrlKey || altKey || metaKey || repeat) return
      if (target instanceof Element && target.closest('select, input') !== null) return
      const work = Object.hasOwn(current.current, key.toLowerCase()) && current.current[key.toLowerCase()]
      if (!work) return
      event.preventDefault()
      work()
    }
    addEventListener('keydown', press)
    return () => removeEventListener('keydown', press)
  }, [])
}
