import { render } from 'preact'
import type { ToCurve } from '../../src/shared/curve-page.ts'
import { t } from '../../src/shared/l10n.ts'
import {
  gainSentence,
  type LearningCurve,
  learnerName,
  verdictSentence,
} from '../../src/shared/learning-curve.ts'
import { phaseName } from '../../src/shared/status.ts'
import '../page.css'
import './learning-curve.css'
import { translatePage } from '../parts/translations.ts'
import { Chart } from './chart.tsx'
import { listen, tell } from './host.ts'
import { Points } from './points.tsx'

type Shown = Exclude<ToCurve, { type: 'begin' }>
type Progress = Extract<Shown, { type: 'computing' }>['progress']

const Page = ({ name, shown }: { readonly name: string; readonly shown: Shown }) => (
  <main class="curve">
    <h1>{t`Would more labels help: ${name}`}</h1>
    {shown.type === 'computing' && <Computing progress={shown.progress} />}
    {shown.type === 'problem' && (
      <p class="problem" role="alert">
        {shown.message}
      </p>
    )}
    {shown.type === 'curve' && <Curve curve={shown.curve} />}
    <div>
      {shown.type === 'computing' ? (
        <button type="button" class="button secondary" onClick={() => tell({ type: 'cancel' })}>
          {t`Cancel`}
        </button>
      ) : (
        <button type="button" class="button secondary" onClick={() => tell({ type: 'again' })}>
          {t`Compute Again`}
        </button>
      )}
    </div>
  </main>
)

const Computing = ({ progress }: { readonly progress: Progress }) => {
  const share = progress === null ? 0 : progress.done / Math.max(1, progress.total)
  return (
    <>
      <p role="status">{phaseName(progress?.phase ?? 'data')}</p>
      <div
        class="progress"
        role="progressbar"
        aria-label={t`Computing the learning curve`}
        {...(progress === null
          ? {}
          : { 'aria-valuenow': Math.round(100 * share), 'aria-valuemin': 0, 'aria-valuemax': 100 })}
      >
        <div style={{ width: `${100 * share}%` }} />
      </div>
      {progress?.detail && <p class="muted">{progress.detail}</p>}
    </>
  )
}

const Curve = ({ curve }: { readonly curve: LearningCurve }) => (
  <>
    <p role="status">
      <strong>{verdictSentence(curve)}</strong> {gainSentence(curve)}
    </p>
    <div class="parts">
      <Chart points={curve.points} />
      <Points curve={curve} />
    </div>
    <p class="muted">
      {t`${learnerName(curve)}, trained on growing shares of the training rows and measured on the same validation rows. Of each share but the last three selections were tried: the dot is their mean, the line through it goes from the least to the most.`}
    </p>
  </>
)

translatePage()

const place = document.getElementById('page') ?? document.body
let name = ''
let shown: Shown = { type: 'computing', progress: null }
listen((message) => {
  if (message.type === 'begin') name = message.name
  else shown = message
  render(<Page name={name} shown={shown} />, place)
})
