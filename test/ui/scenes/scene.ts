import type { Page } from 'playwright-core'
import type { ToCheck } from '../../../src/shared/check-page.ts'
import type { ToClassified } from '../../../src/shared/classified-page.ts'
import type { ToCurve } from '../../../src/shared/curve-page.ts'
import type { ToLabelling } from '../../../src/shared/labelling.ts'
import type { PageState, ToPage } from '../../../src/shared/page.ts'

/** A state of a page that a person can meet: what the extension told it, and what was done in it since. */
export interface Scene {
  readonly page: 'panel' | 'classified' | 'check-labels' | 'labelling' | 'learning-curve'
  readonly messages: readonly (ToPage | ToClassified | ToCheck | ToCurve | ToLabelling)[]
  readonly kept?: Partial<PageState>
  readonly act?: (page: Page) => Promise<void>
}

export const FILE = '/home/ada/reviews/customer reviews 2026.csv'

export const begin = (more: Partial<Extract<ToPage, { type: 'begin' }>> = {}): ToPage => ({
  type: 'begin',
  files: [FILE],
  run: null,
  trusted: true,
  out: '/home/ada/reviews/.finesse/runs',
  recent: ['/home/ada/models/all-MiniLM-L6-v2'],
  ...more,
})

const WORDS =
  'the delivery came late and nobody answered when I asked where it was so I sent everything back and was refunded in full'.split(
    ' ',
  )

/** A text of so many words, another for each seed. */
export const words = (length: number, seed: number): string =>
  Array.from({ length }, (_, i) => WORDS[(seed * 7 + i * (1 + (seed % 5))) % WORDS.length]).join(' ')

/** Of a list that has one, by a number of any size. */
export const pickOf = (list: readonly string[], i: number): string => list[i % list.length] ?? ''

export const LONG_LABEL = 'verify_source_of_funds_and_explain_why_a_transfer_was_declined_by_the_beneficiary'

const SUBJECTS = ['card', 'transfer', 'top_up', 'cash_withdrawal', 'exchange', 'refund', 'direct_debit']
const MATTERS = [
  'not_working',
  'fee_charged',
  'pending',
  'declined_by_the_beneficiary',
  'arrival',
  'limits',
  'wrong_exchange_rate_for_it',
  'not_recognised',
  'by_bank_transfer_charge',
  'cancelled',
  'reverted',
]

/** 77 labels, as long as those of banking77. */
export const MANY_LABELS: readonly string[] = SUBJECTS.flatMap((subject) =>
  MATTERS.map((matter) => `${subject}_${matter}`),
)
