import { aboutOption } from '../../src/shared/config.ts'
import { t, translate } from '../../src/shared/l10n.ts'
import { typedProblem } from '../../src/shared/option-text.ts'
import { Field } from './field.tsx'
import { optionLabel } from './option-label.ts'

const MOST_LAYERS = 12

/** How much of the model is trained. */
export const StrategyField = ({
  text,
  layers,
  type,
}: {
  readonly text: string
  /** Of the chosen model; null: not known. */
  readonly layers: number | null
  readonly type: (text: string) => void
}) => {
  const { meaning, reason } = aboutOption('strategy')
  const why = translate(reason)
  const id = 'option-strategy'
  const partly = Array.from({ length: (layers ?? MOST_LAYERS + 1) - 1 }, (_, i) => `last:${i + 1}`)
  const values = ['auto', 'head', ...partly, 'lora', 'full']
  const chosen = text === '' ? 'auto' : text
  return (
    <Field
      id={id}
      label={optionLabel('strategy')}
      words={
        <>
          {typedProblem('strategy', text) !== null && <p class="problem">{typedProblem('strategy', text)}</p>}
          <p>{translate(meaning)}</p>
          <p class="muted">{t`Default: ${words('auto')}. ${why}`}</p>
        </>
      }
    >
      <select
        id={id}
        class="select"
        aria-describedby={`${id}-words`}
        value={chosen}
        onChange={({ currentTarget: { value } }) => type(value)}
      >
        {[...values, ...(values.includes(chosen) ? [] : [chosen])].map((value) => (
          <option key={value} value={value}>
            {words(value)}
          </option>
        ))}
      </select>
    </Field>
  )
}

function words(strategy: string): string {
  if (strategy === 'auto') return t`Automatic`
  if (strategy === 'head') return t`The head alone`
  if (strategy === 'full') return t`The whole model`
  if (strategy === 'lora') return t`A small addition to every layer (LoRA)`
  const layers = /^last:(\d+)$/.exec(strategy)?.[1]
  return layers === undefined ? strategy : layers === '1' ? t`The last layer` : t`The last ${layers} layers`
}
