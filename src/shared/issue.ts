import { t } from './l10n.ts'

/** What a schema found, in words for a person: a field that is not there is not "undefined" to them. */
export const problemOf = ({
  message,
  received,
}: {
  readonly message: string
  readonly received: string
}): string => (received === 'undefined' ? t`it is missing` : message)
