import { listed } from '../../shared/counts.ts'
import { t } from '../../shared/l10n.ts'
import type { Verification } from '../verification/verify.ts'
import { scoreName } from './names.ts'

type Compared = Extract<Verification, { verdict: 'same' | 'different' }>

/** What was found, in sentences, each on a line of its own. */
export const verificationText = (found: Verification): string => `${lines(found).join('\n')}\n`

const lines = (found: Verification): readonly string[] => {
  switch (found.verdict) {
    case 'interrupted':
      return [t`Interrupted: nothing was verified.`]
    case 'changed':
      return [...found.changes, t`So it would be trained on something else, and nothing was trained.`]
    case 'same':
      return [
        ...tampered(found),
        t`Trained again, the same comes out bit for bit: model and predictions.`,
        ...withoutReceipt(found),
        ...yet(found),
      ]
    case 'different':
      return [
        ...tampered(found),
        t`Trained again, something else comes out: ${listed(found.files)}.`,
        ...howFar(found),
        ...why(found),
        ...withoutReceipt(found),
      ]
  }
}

const tampered = ({ tampered: files, verdict }: Compared): readonly string[] =>
  files.length === 0
    ? []
    : [
        ...files.map((file) => t`${file}: changed since the run ended`),
        ...(verdict === 'same' ? [t`These files of the run's folder are not what the run made.`] : []),
      ]

const withoutReceipt = ({ hasReceipt }: Compared): readonly string[] =>
  hasReceipt
    ? []
    : [t`The run is of an older version and has no receipt: it was compared with what its folder holds now.`]

const howFar = ({ differences }: Compared): readonly string[] => {
  if (differences === null) return []
  const { largest, changed, rows, scores } = differences
  return [
    t`Predictions that differ: ${changed} of ${rows}; the largest difference of a probability or number is ${String(Number(largest.toPrecision(3)))}.`,
    ...Object.entries(scores).map(
      ([name, [then, now]]) => t`${scoreName(name)}: ${then.toPrecision(6)}, and now ${now.toPrecision(6)}`,
    ),
  ]
}

const why = ({ reasons, differences }: Compared): readonly string[] =>
  reasons.length > 0
    ? [t`What was otherwise: ${reasons.join('; ')}.`]
    : differences !== null
      ? [t`Nothing is known to be otherwise: files, options, program, machine and threads are the same.`]
      : []

const yet = ({ reasons }: Compared): readonly string[] =>
  reasons.length === 0 ? [] : [t`What was otherwise made no difference: ${reasons.join('; ')}.`]
