import { changeText, findingName, findingSentence } from '../../src/shared/findings/finding-words.ts'
import { t } from '../../src/shared/l10n.ts'
import type { Finding } from '../../src/shared/trust.ts'

/** What is wrong with the run, and a button for the options that may mend it. */
export const Findings = ({
  findings,
  change,
}: {
  readonly findings: readonly Finding[]
  /** Opens the configuration with options changed; null: there is no file to train on here. */
  readonly change: ((finding: Finding) => void) | null
}) => (
  <section>
    <h4>{t`What to change`}</h4>
    <ul class="findings">
      {findings.map((finding) => {
        const options = changeText(finding)
        return (
          <li key={finding.rule}>
            <p>
              <strong>{findingName(finding.rule)}</strong> {findingSentence(finding)}
            </p>
            {options !== null && (
              <p class="finding-change">
                <code>{options}</code>
                {change !== null && (
                  <button
                    type="button"
                    class="button secondary"
                    aria-label={t`Try this: ${options}`}
                    onClick={() => change(finding)}
                  >
                    {t`Try This`}
                  </button>
                )}
              </p>
            )}
          </li>
        )
      })}
    </ul>
  </section>
)
