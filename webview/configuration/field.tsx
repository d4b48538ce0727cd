import type { ComponentChildren } from 'preact'
import { aboutOption, defaultOf, type OptionName } from '../../src/shared/config.ts'
import { t, translate } from '../../src/shared/l10n.ts'
import { kindOf } from '../../src/shared/option-kind.ts'
import { textOf, typedProblem } from '../../src/shared/option-text.ts'
import { send } from '../host.ts'
import { optionLabel } from './option-label.ts'
import { valueWords } from './value-words.ts'
import { WordBoxes, wordsOf } from './word-boxes.tsx'

export interface OptionProps {
  readonly name: OptionName
  readonly typed: Readonly<Record<string, string>>
  readonly type: (name: OptionName, text: string) => void
}

/** An option: its control, what it does, its default and why. */
export const OptionField = ({ name, typed, type }: OptionProps) => {
  const { meaning, reason } = aboutOption(name)
  const text = typed[name] ?? ''
  const problem = typedProblem(name, text)
  const fallback = textOf(defaultOf(name))
  const why = translate(reason)
  const id = `option-${name}`
  const kind = kindOf(name)
  const words = kind.kind === 'words' ? wordsOf(kind.list, text === '' ? fallback : text) : null
  const usual =
    (kind.kind === 'words' && wordsOf(kind.list, fallback)?.join(', ')) || valueWords(name, fallback)
  return (
    <div class="field">
      {kind.kind === 'words' && words !== null ? (
        <>
          <span class="field-name" id={`${id}-name`}>
            {optionLabel(name)}
          </span>
          <WordBoxes {...kind} id={id} chosen={words} type={(value) => type(name, value)} />
        </>
      ) : (
        <>
          <label for={id}>{optionLabel(name)}</label>
          <Control name={name} text={text} isWrong={problem !== null} type={(value) => type(name, value)} />
        </>
      )}
      <div class="field-words" id={`${id}-words`}>
        {problem !== null && (
          <p class="problem" role="alert">
            {problem}
          </p>
        )}
        <p>{translate(meaning)}</p>
        <p class="muted">{fallback === '' ? why : t`Default: ${usual}. ${why}`}</p>
      </div>
    </div>
  )
}

/** A field that is not an option of its own kind. */
export const Field = ({
  id,
  label,
  children,
  words,
}: {
  readonly id: string
  readonly label: string
  readonly children: ComponentChildren
  readonly words: ComponentChildren
}) => (
  <div class="field">
    <label for={id}>{label}</label>
    {children}
    <div class="field-words" id={`${id}-words`}>
      {words}
    </div>
  </div>
)

const Control = ({
  name,
  text,
  isWrong,
  type,
}: {
  readonly name: OptionName
  readonly text: string
  readonly isWrong: boolean
  readonly type: (text: string) => void
}) => {
  const kind = kindOf(name)
  const fallback = textOf(defaultOf(name))
  const common = { id: `option-${name}`, 'aria-describedby': `option-${name}-words` }
  if (kind.kind === 'choice')
    return (
      <select
        {...common}
        class="select"
        value={text === '' ? fallback : text}
        onChange={({ currentTarget: { value } }) => type(value)}
      >
        {kind.values.map((value) => (
          <option key={value} value={value}>
            {valueWords(name, value)}
          </option>
        ))}
      </select>
    )
  return (
    <div class="control">
      <input
        {...common}
        class={kind.kind === 'number' ? 'input number-input' : 'input'}
        type="text"
        inputMode={kind.kind === 'number' ? 'decimal' : 'text'}
        spellcheck={false}
        autocomplete="off"
        aria-invalid={isWrong}
        placeholder={fallback === '' ? t`None` : valueWords(name, fallback)}
        value={text}
        onInput={({ currentTarget: { value } }) => type(value)}
      />
      {kind.kind === 'file' && (
        <button type="button" class="button secondary" onClick={() => send({ type: 'choose', option: name })}>
          {t`Browse`}
        </button>
      )}
    </div>
  )
}
