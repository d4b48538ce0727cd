import * as v from 'valibot'
import { useTranslations } from '../../src/shared/l10n.ts'

const Translations = v.pipe(v.string(), v.parseJson(), v.record(v.string(), v.string()))

/** Has the page speak the editor's language. Called once, before the first text is shown; without, it is English. */
export function translatePage(): void {
  const given = v.safeParse(Translations, document.getElementById('translations')?.textContent)
  if (given.success) useTranslations(given.output)
}
