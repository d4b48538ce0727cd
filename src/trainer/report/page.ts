import { t } from '../../shared/l10n.ts'
import { calibration } from './calibration.ts'
import { changedOptions } from './changed-options.ts'
import { classes } from './classes.ts'
import { confusion } from './confusion.ts'
import { curves } from './curves.ts'
import type { LabelFacts, NumberFacts, RunFacts } from './facts.ts'
import { findings } from './findings.ts'
import { headline } from './headline.ts'
import { type Html, html, markupOf } from './html.ts'
import { leaks } from './leaks.ts'
import { furthest, mistakes } from './mistakes.ts'
import { numberHeadline } from './number-headline.ts'
import { receiptSection } from './receipt-section.ts'
import { scatter } from './scatter.ts'
import { slices } from './slices.ts'
import { STYLE } from './style.ts'
import { trained } from './trained.ts'
import { cut } from './words.ts'

/** The report of a run as one page that needs nothing beside itself: no script, no other file, no network. */
export const reportPage = (facts: RunFacts): string => {
  const name = cut(facts.record.name, 120)
  return markupOf(html`<!doctype html>
<html lang="${t`en`}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="color-scheme" content="light dark">
<title>${t`Report of ${name}`}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1 dir="auto">${name}</h1>
<p class="faint">${t`Report of a training run, by Finesse ${facts.record.versions.finesse}`}</p>
${facts.task === 'classify' ? ofLabels(facts) : ofNumbers(facts)}
</main>
</body>
</html>
`)
}

/** In the order in which a person wants to know. */
const ofLabels = (facts: LabelFacts): readonly (Html | null)[] =>
  [
    trained,
    headline,
    findings,
    curves,
    confusion,
    classes,
    calibration,
    slices,
    leaks,
    mistakes,
    changedOptions,
    receiptSection,
  ].map((section) => section(facts))

const ofNumbers = (facts: NumberFacts): readonly (Html | null)[] =>
  [trained, numberHeadline, findings, curves, scatter, furthest, changedOptions, receiptSection].map(
    (section) => section(facts),
  )
