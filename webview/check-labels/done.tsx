import { useEffect } from 'preact/hooks'
import type { Queue } from '../../src/shared/check-page.ts'
import { t } from '../../src/shared/l10n.ts'
import { count } from '../parts/numbers.ts'
import { tell } from './host.ts'

/** The end of a queue, or that there was none. */
export const Done = ({ queue: { rows, total, decided } }: { readonly queue: Queue }) => {
  useEffect(() => {
    const press = ({ key, ctrlKey, altKey, metaKey }: KeyboardEvent): void => {
      if (key.toLowerCase() === 'u' && !ctrlKey && !altKey && !metaKey && decided.length > 0)
        tell({ type: 'undo' })
    }
    addEventListener('keydown', press)
    return () => removeEventListener('keydown', press)
  }, [decided.length])
  const of = (...kinds: readonly string[]): number =>
    decided.filter(({ decision }) => kinds.includes(decision.kind)).length
  const skipped = decided.findLast(({ decision }) => decision.kind === 'skip')
  const facts: readonly (readonly [number, string])[] = [
    [of('accept', 'label'), t`labels changed`],
    [of('delete'), t`rows deleted`],
    [of('keep'), t`labels kept`],
    [of('skip'), t`rows skipped`],
  ]
  return (
    <section class="message">
      {total === 0 ? (
        <p role="status">{t`Of ${count(rows)} rows with a text and a label, none looks wrongly labelled.`}</p>
      ) : (
        <>
          <h2>{t`All ${count(total)} rows are decided`}</h2>
          <dl class="facts">
            {facts.map(([number, what]) => (
              <div key={what}>
                <dd>{count(number)}</dd>
                <dt>{what}</dt>
              </div>
            ))}
          </dl>
        </>
      )}
      <div class="actions">
        <button type="button" class="button" onClick={() => tell({ type: 'train' })}>
          {total === 0 ? t`Train` : t`Train Again`}
        </button>
        {skipped && (
          <button
            type="button"
            class="button secondary"
            onClick={() => tell({ type: 'show', index: skipped.index })}
          >
            {t`Show Skipped Rows`}
          </button>
        )}
        {decided.length > 0 && (
          <button
            type="button"
            class="button secondary"
            aria-keyshortcuts="u"
            onClick={() => tell({ type: 'undo' })}
          >
            {t`Undo`} <kbd>U</kbd>
          </button>
        )}
        <button type="button" class="button secondary" onClick={() => tell({ type: 'check-again' })}>
          {t`Check Again`}
        </button>
      </div>
    </section>
  )
}
