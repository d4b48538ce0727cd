import { comparisonSentence, isBetterThanNgrams } from '../../src/shared/comparison.ts'
import type { Before, Evaluation } from '../../src/shared/evaluation.ts'
import { t } from '../../src/shared/l10n.ts'
import { leaksSentence } from '../../src/shared/leaks.ts'
import type { LabelReport } from '../../src/shared/page-run.ts'
import type { Finding, Slice } from '../../src/shared/trust.ts'
import { percent } from '../parts/numbers.ts'
import { Classes } from './classes.tsx'
import { Confusion } from './confusion.tsx'
import { Files } from './files.tsx'
import { Findings } from './findings.tsx'
import type { Cell } from './matrix.tsx'
import { Reliability } from './reliability.tsx'
import type { CellRows, SliceRows } from './report-store.ts'
import { Rows } from './rows.tsx'
import { type Model, ScoresTable } from './scores-table.tsx'
import { Slices } from './slices.tsx'

/** How well the labels are predicted. */
export const LabelParts = ({
  report: {
    test,
    before,
    intervals,
    paired,
    calibration,
    files,
    cut,
    leaks,
    slices,
    findings,
    mistakes,
    mistaken,
  },
  cell,
  slice,
  ask,
  askSlice,
  change,
  learningCurve,
  open,
}: {
  readonly report: LabelReport
  readonly cell: CellRows | null
  readonly slice: SliceRows | null
  readonly ask: (cell: Cell, from: number) => void
  readonly askSlice: (slice: Slice, from: number) => void
  readonly change: ((finding: Finding) => void) | null
  readonly learningCurve: (() => void) | null
  readonly open: (row: number, file: number | null) => void
}) => (
  <>
    <p class="said">{comparisonSentence(before, test, test.rows, paired)}</p>
    {leaks && <Said sentence={leaksSentence(leaks, test.accuracy, test.rows)} />}
    <ScoresTable models={modelsOf(before, test)} intervals={intervals} />
    {!isBetterThanNgrams(before, test, test.rows, paired.ngram) && (
      <p class="said">
        {t`The fine-tuned model is not better than the n-gram model beyond chance: the model "ngram" trains in seconds, and is smaller and faster.`}
      </p>
    )}
    {cut !== null && cut.cut > 0 && (
      <p class="said">
        {t`${cut.cut} of ${cut.texts} texts were longer than the model reads; ${percent(cut.share)} of all tokens were not read.`}
      </p>
    )}
    {findings.length > 0 && <Findings findings={findings} change={change} />}
    {learningCurve !== null && (
      <section>
        <h4>{t`Would more labels help?`}</h4>
        <p class="faint hint">
          {t`A learning curve tells: a simple model is trained on growing shares of the training rows. Nothing of it is kept.`}
        </p>
        <button type="button" class="button secondary" onClick={learningCurve}>
          {t`Show Learning Curve`}
        </button>
      </section>
    )}
    <div class="report-columns">
      <Confusion test={test} cell={cell} ask={ask} open={open} />
      <section>
        <h4>{t`By label`}</h4>
        <Classes test={test} />
      </section>
    </div>
    {calibration !== null && <Reliability calibration={calibration} />}
    {slices.length > 0 && <Slices slices={slices} chosen={slice} ask={askSlice} open={open} />}
    <section>
      <h4>{t`Most certain mistakes`}</h4>
      {mistakes.length === 0 ? (
        <p class="said">{t`No test row was mistaken.`}</p>
      ) : (
        <>
          <p class="faint hint">
            {mistakes.length < mistaken
              ? t`The ${mistakes.length} most certain of ${mistaken} mistakes. Where the model is sure and wrong, look at the given label too.`
              : t`Where the model is sure and wrong, look at the given label too.`}
          </p>
          <Rows rows={mistakes} labels open={open} />
        </>
      )}
    </section>
    {files.length > 0 && (
      <section>
        <h4>{t`Smaller files`}</h4>
        <Files files={files} />
      </section>
    )}
  </>
)

const Said = ({ sentence }: { readonly sentence: string | null }) =>
  sentence === null ? null : <p class="said">{sentence}</p>

const modelsOf = (before: Before, test: Evaluation): readonly Model[] => [
  { name: t`Majority class`, scores: before.majority, isAfter: false },
  ...(before.ngram ? [{ name: t`N-gram model`, scores: before.ngram, isAfter: false }] : []),
  ...(before.probe ? [{ name: t`Linear probe`, scores: before.probe, isAfter: false }] : []),
  { name: before.ngram ? t`Fine-tuned` : t`N-gram model`, scores: test, isAfter: true },
]
