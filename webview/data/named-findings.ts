import { rowCount } from '../../src/shared/counts.ts'
import { t } from '../../src/shared/l10n.ts'
import type { NamedLeaks, NamedPart } from '../../src/shared/named-leaks.ts'
import { count } from '../parts/numbers.ts'
import type { Finding } from './findings.ts'
import { fileName } from './words.ts'

/** What the page was told of files named for validation and test. */
interface Told {
  readonly leaks: readonly NamedLeaks[] | null
  readonly isWhole: boolean
}

/**
 * What files named for validation and test share with training. One button, at the last of them, has training leave
 * such rows out: those of the named files stay in any case.
 *
 * @param nearDuplicates the option, as chosen
 */
export function namedFindings({ leaks, isWhole }: Told, nearDuplicates: string): Finding[] {
  const isLeftOut = nearDuplicates === 'drop'
  const advice = isLeftOut
    ? t`Training leaves its own such rows out; the named files stay whole.`
    : t`They flatter the scores. Training can leave its own such rows out.`
  const shared = (leaks ?? []).flatMap(({ part, path, exact, near }): Finding[] =>
    [
      { what: exactWords(part, fileName(path), count(exact.count)), found: exact },
      { what: nearWords(part, fileName(path), count(near.count)), found: near },
    ].flatMap(({ what, found }) => {
      if (found.count === 0) return []
      const lines = new Map(found.rows.map(({ row, line }) => [row, line]))
      return { what, advice, rows: [...lines.keys()], named: { part, name: fileName(path), lines } }
    }),
  )
  const last = shared.at(-1)
  const problems = (leaks ?? []).flatMap(({ problem }) =>
    problem === null ? [] : { what: problem, advice: t`Nothing of it was compared with training.`, rows: [] },
  )
  return [
    ...problems,
    ...shared.map((finding) =>
      finding === last && !isLeftOut ? { ...finding, mend: 'drop' as const } : finding,
    ),
    ...(isWhole
      ? []
      : [
          {
            what: t`Of the files for validation and test and those to train on the first rows were compared`,
            advice: t`Training compares all.`,
            rows: [],
          },
        ]),
  ]
}

const exactWords = (part: NamedPart, name: string, rows: string): string =>
  part === 'test'
    ? t`Rows of ${name}, for the test, with a text that training or validation has too: ${rows}`
    : t`Rows of ${name}, to validate on, with a text that is trained on too: ${rows}`

const nearWords = (part: NamedPart, name: string, rows: string): string =>
  part === 'test'
    ? t`Rows of ${name}, for the test, nearly equal to one of training or validation: ${rows}`
    : t`Rows of ${name}, to validate on, nearly equal to one that is trained on: ${rows}`

/** The same of each file in a sentence, for where there is no room for its rows. */
export const namedSentences = ({ leaks }: Told): string[] =>
  (leaks ?? []).flatMap(({ path, exact, near }) =>
    exact.count + near.count === 0
      ? []
      : t`${fileName(path)}: ${rowCount(exact.count + near.count)} that training has too (${count(exact.count)} equal, ${count(near.count)} nearly equal).`,
  )
