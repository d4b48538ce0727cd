import { useEffect, useState } from 'preact/hooks'
import { catalogue } from '../../src/shared/catalogue.ts'
import { aboutOption, OPTION_NAMES, type OptionName } from '../../src/shared/config.ts'
import { t, translate } from '../../src/shared/l10n.ts'
import { GROUPS, OPTION_GROUPS } from '../../src/shared/option.ts'
import { kindOf } from '../../src/shared/option-kind.ts'
import type { SomeOptions } from '../../src/shared/page.ts'
import { fileName } from '../data/words.ts'
import { send } from '../host.ts'
import type { PanelStore, PanelView } from '../panel-store.ts'
import './configuration.css'
import { Cost } from './cost.tsx'
import { Field, OptionField } from './field.tsx'
import { ModelField } from './model-field.tsx'
import { NamedFiles } from './named-files.tsx'
import { optionLabel } from './option-label.ts'
import { StrategyField } from './strategy-field.tsx'
import { isInForm, optionsOf, wrongOptions } from './typed-options.ts'

/** Shown first, in this order; those above them have fields of their own. */
const MAIN: readonly OptionName[] = ['epochs', 'lr', 'batch', 'max_length']
const OWN_FIELDS: readonly OptionName[] = ['model', 'task', 'strategy']
const MODEL_PAUSE_MS = 400

/** The second part: what the training is to be. */
export const Configuration = ({
  view,
  store,
  isTraining,
}: {
  readonly view: PanelView
  readonly store: PanelStore
  /** Whether the panel's run goes on now: nothing is measured beside it. */
  readonly isTraining: boolean
}) => {
  const { typed, name, files } = view.state
  const [isHub, setHub] = useState(false)
  const type = (option: OptionName, text: string): void => {
    const next = { ...typed, [option]: text }
    store.keep({ typed: next })
    if (option === 'task') send({ type: 'set-roles', roles: view.state.roles, numbers: text === 'regress' })
  }
  const model = typed.model ?? ''
  useEffect(() => {
    const timer = setTimeout(() => send({ type: 'set-model', model: model || 'embedded' }), MODEL_PAUSE_MS)
    return () => clearTimeout(timer)
  }, [model])
  const layers = catalogue().find((one) => one.model === model && one.layers > 0)?.layers ?? null
  const options = optionsOf(typed, view.roles?.roles ?? null)
  const stem = fileName(files[0] ?? '').replace(/\.[^.]+$/, '')
  return (
    <form
      class="configuration"
      onSubmit={(event) => {
        event.preventDefault()
        if (obstacle(view) === null) send({ type: 'start', options, name: name.trim() })
      }}
    >
      {!view.begin.trusted && <Untrusted />}
      <div class="fields">
        <From view={view} />
        <ModelField
          model={model}
          isHub={isHub}
          recent={view.begin.recent}
          choose={(chosen, hub) => {
            setHub(hub)
            type('model', chosen)
          }}
        />
        <Field
          id="option-task"
          label={optionLabel('task')}
          words={<p>{t`What the label column holds: labels, or numbers.`}</p>}
        >
          <select
            id="option-task"
            class="select"
            aria-describedby="option-task-words"
            value={typed.task === 'regress' ? 'regress' : 'classify'}
            onChange={({ currentTarget: { value } }) => type('task', value === 'regress' ? value : '')}
          >
            <option value="classify">{t`A label`}</option>
            <option value="regress">{t`A number`}</option>
          </select>
        </Field>
        <StrategyField text={typed.strategy ?? ''} layers={layers} type={(text) => type('strategy', text)} />
        {MAIN.map((one) => (
          <OptionField key={one} name={one} typed={typed} type={type} />
        ))}
        <Field
          id="run-name"
          label={t`Name of the run`}
          words={<p class="muted">{t`The run is kept in ${view.begin.out}.`}</p>}
        >
          <input
            id="run-name"
            class="input"
            type="text"
            spellcheck={false}
            placeholder={stem}
            value={name}
            onInput={({ currentTarget: { value } }) => store.keep({ name: value })}
          />
        </Field>
        <Advanced typed={typed} type={type} />
      </div>
      <Foot view={view} store={store} options={options} isTraining={isTraining} />
    </form>
  )
}

/** Why training can't start; null: it can. */
function obstacle({ begin, state, roles, opened, problem, start }: PanelView): string | null {
  const [wrong] = wrongOptions(state.typed)
  if (!begin.trusted) return t`This folder is not trusted, so nothing is trained.`
  if (wrong !== undefined) return t`${optionLabel(wrong)}: correct its value first.`
  if (opened === null) return problem?.message ?? t`The file is not open yet.`
  if (roles === null || roles.problem !== null || roles.roles.text === null || roles.roles.label === null)
    return t`Choose the columns of text and label first, under Data.`
  return start?.starting ? t`Starting the trainer` : null
}

/** What it will cost, or why it can't start, and the buttons. */
const Foot = ({
  view,
  store,
  options,
  isTraining,
}: {
  readonly view: PanelView
  readonly store: PanelStore
  readonly options: SomeOptions
  readonly isTraining: boolean
}) => {
  const reason = obstacle(view)
  const failed = view.start?.problem ?? null
  return (
    <div class="next">
      <div class="foot-line" role="status">
        <NamedFiles view={view} store={store} />
        {reason !== null && <span class="muted">{reason}</span>}
        {reason === null && failed !== null && <span class="problem">{failed}</span>}
        {reason === null && failed === null && <Cost view={view} options={options} isReady={!isTraining} />}
      </div>
      <button type="submit" class="button" disabled={reason !== null}>
        {t`Start Training`}
      </button>
      <button type="button" class="button secondary" onClick={() => send({ type: 'open-json', options })}>
        {t`Open as JSON`}
      </button>
    </div>
  )
}

const Untrusted = () => (
  <div class="banner" role="status">
    <p>{t`This folder is not trusted: its data is shown, and nothing is trained.`}</p>
    <button type="button" class="link" onClick={() => send({ type: 'manage-trust' })}>
      {t`Manage Trust`}
    </button>
  </div>
)

/** What the form was filled from. */
const From = ({ view: { configuration } }: { readonly view: PanelView }) =>
  configuration === null ? null : (
    <p class={configuration.problem === null ? 'muted' : 'problem'}>
      {configuration.problem ?? t`Filled from ${configuration.from}.`}
    </p>
  )

/** All other options, as the schema has them. */
const Advanced = ({
  typed,
  type,
}: {
  readonly typed: Readonly<Record<string, string>>
  readonly type: (option: OptionName, text: string) => void
}) => {
  const rest = OPTION_NAMES.filter(
    (name) =>
      !MAIN.includes(name) && !OWN_FIELDS.includes(name) && isInForm(name) && kindOf(name).kind !== 'column',
  )
  const changed = rest.filter((name) => (typed[name] ?? '') !== '').length
  return (
    <details class="advanced">
      <summary>{changed === 0 ? t`Advanced` : t`Advanced, ${changed} changed`}</summary>
      {GROUPS.map((group) => {
        const names = rest.filter((name) => aboutOption(name).group === group)
        return names.length === 0 ? null : (
          <section key={group}>
            <h3>{translate(OPTION_GROUPS[group])}</h3>
            {names.map((name) => (
              <OptionField key={name} name={name} typed={typed} type={type} />
            ))}
          </section>
        )
      })}
    </details>
  )
}
