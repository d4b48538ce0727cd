import { type CatalogueModel, catalogue } from '../../src/shared/catalogue.ts'
import { t, translate } from '../../src/shared/l10n.ts'
import { send } from '../host.ts'
import { Field } from './field.tsx'
import { optionLabel } from './option-label.ts'

const FOLDER = ':folder'
const HUB = ':hub'

/** The base model: one of the catalogue, of an earlier run, a folder, or a name on the hub. */
export const ModelField = ({
  model,
  isHub,
  recent,
  choose,
}: {
  /** Empty: the embedded one. */
  readonly model: string
  /** Whether a name on the hub is being typed. */
  readonly isHub: boolean
  readonly recent: readonly string[]
  readonly choose: (model: string, isHub: boolean) => void
}) => {
  const models = catalogue()
  const chosen = isHub ? undefined : models.find((one) => one.model === (model || 'embedded'))
  const others = [...new Set([...(chosen || isHub || model === '' ? [] : [model]), ...recent])].filter(
    (one) => !models.some((known) => known.model === one),
  )
  const id = 'option-model'
  return (
    <Field
      id={id}
      label={optionLabel('model')}
      words={chosen ? <About model={chosen} /> : <Other isHub={isHub} />}
    >
      <select
        id={id}
        class="select"
        aria-describedby={`${id}-words`}
        value={isHub ? HUB : model || 'embedded'}
        onChange={({ currentTarget }) => {
          const { value } = currentTarget
          // The picker may be left without a choice: until then it stays as it was.
          currentTarget.value = isHub ? HUB : model || 'embedded'
          if (value === FOLDER) send({ type: 'choose', option: 'model' })
          else if (value === HUB) choose('', true)
          else choose(value, false)
        }}
      >
        {groups().map(([name, languages]) => (
          <optgroup key={name} label={name}>
            {models
              .filter((one) => languages.includes(one.language))
              .map((one) => (
                <option key={one.model} value={one.model}>
                  {one.megabytes === null ? one.name : t`${one.name}, ${one.megabytes} MB`}
                </option>
              ))}
          </optgroup>
        ))}
        {others.length > 0 && (
          <optgroup label={t`Recent`}>
            {others.map((one) => (
              <option key={one} value={one}>
                {one}
              </option>
            ))}
          </optgroup>
        )}
        <optgroup label={t`Other`}>
          <option value={FOLDER}>{t`A folder on this machine`}</option>
          <option value={HUB}>{t`A name on the Hugging Face hub`}</option>
        </optgroup>
      </select>
      {isHub && (
        <input
          class="input hub"
          type="text"
          spellcheck={false}
          aria-label={t`Name on the hub`}
          placeholder="sentence-transformers/all-MiniLM-L6-v2"
          value={model}
          onInput={({ currentTarget: { value } }) => choose(value.trim(), true)}
        />
      )}
    </Field>
  )
}

const groups = (): readonly (readonly [string, readonly CatalogueModel['language'][]])[] => [
  [t`English`, ['en']],
  [t`Chinese`, ['zh']],
  [t`Many languages`, ['many']],
  [t`Any language`, ['any']],
]

const About = ({ model: { goodFor, megabytes, licence, layers } }: { readonly model: CatalogueModel }) => {
  const facts = [
    megabytes === null
      ? t`Nothing is downloaded`
      : t`About ${megabytes} MB, downloaded from the Hugging Face hub when it is first used`,
    ...(layers > 0 ? [t`${layers} layers`] : []),
    ...(licence === null ? [] : [t`licence ${licence}`]),
  ]
  const listed = facts.join(translate(', '))
  return (
    <>
      <p>{goodFor}</p>
      <p class="muted">{t`${listed}.`}</p>
    </>
  )
}

const Other = ({ isHub }: { readonly isHub: boolean }) => (
  <p class="muted">
    {isHub
      ? t`A text model that has an ONNX file, as transformers.js uses them. It is downloaded when training starts.`
      : t`A folder in the layout of the Hugging Face hub, or an earlier run.`}
  </p>
)
