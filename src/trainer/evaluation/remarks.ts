import { confusedPairs } from '../../shared/confused-pairs.ts'
import { listed, rowCount } from '../../shared/counts.ts'
import type { RunEvaluation } from '../../shared/evaluation.ts'
import { changeText, findingName, findingSentence } from '../../shared/findings/finding-words.ts'
import { t } from '../../shared/l10n.ts'
import { leaksSentence } from '../../shared/leaks.ts'
import { isWeak, sliceName } from '../../shared/slices/slice-words.ts'
import type { Finding, Slice } from '../../shared/trust.ts'

const PAIRS = 3
const SLICES = 3

/** What leaked, where a model fails and what is wrong with its run, a line each; nothing where nothing is. */
export const remarks = ({ test, leaks, slices, findings }: RunEvaluation): string[] => [
  ...leaksLine(test, leaks),
  ...pairsLine(test),
  ...(slices ?? []).filter(isWeak).slice(0, SLICES).map(sliceLine),
  ...(findings ?? []).map(findingLine),
]

const leaksLine = (test: RunEvaluation['test'], leaks: RunEvaluation['leaks']): readonly string[] => {
  const said = leaks ? leaksSentence(leaks, test.accuracy, test.rows) : null
  return said === null ? [] : [said]
}

const pairsLine = (test: RunEvaluation['test']): readonly string[] => {
  const pairs = confusedPairs(test, PAIRS).filter(({ rows }) => rows > 1)
  if (pairs.length === 0 || test.classes.length < 3) return []
  const said = pairs.map(({ label, predicted, rows }) => t`"${label}" for "${predicted}" (${rowCount(rows)})`)
  return [t`Mistaken most: ${listed(said)}.`]
}

const sliceLine = (slice: Slice): string => {
  const points = Math.abs(100 * slice.difference).toFixed(1)
  const share = `${(100 * slice.accuracy).toFixed(1)} %`
  return t`Weak: ${sliceName(slice)}, ${share} of ${rowCount(slice.rows)} right, ${points} points less than of the others.`
}

const findingLine = (finding: Finding): string => {
  const change = changeText(finding)
  const said = `${findingName(finding.rule)}: ${findingSentence(finding)}`
  return change === null ? said : t`${said} Try: ${change}.`
}
