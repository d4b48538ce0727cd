import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as v from 'valibot'
import { useTranslations } from '../../shared/l10n.ts'
import { packageRoot } from '../package-root.ts'

/**
 * The locale that texts are wanted in: FINESSE_LANG, else what POSIX says of messages, else what the system is set
 * to (Windows sets none of the variables).
 */
export const localeOf = (
  environment: Readonly<Record<string, string | undefined>>,
  system: () => string,
): string =>
  ['FINESSE_LANG', 'LC_ALL', 'LC_MESSAGES', 'LANG'].map((name) => environment[name]).find((value) => value) ??
  system()

/** Whether a locale (`zh`, `zh-CN`, `zh_CN.UTF-8`, `zh-Hans-SG`) is read in Simplified Chinese, as the editor does. */
export const isSimplifiedChinese = (locale: string): boolean =>
  /^zh(?:[-_.@]|$)/i.test(locale) && !/[-_](?:hant|tw|hk|mo)\b/i.test(locale)

/** Lets every text that is made from now on be in the person's language. */
export function useLanguage(): void {
  const locale = localeOf(process.env, () => Intl.DateTimeFormat().resolvedOptions().locale)
  if (!isSimplifiedChinese(locale)) return
  const bundle: unknown = JSON.parse(
    readFileSync(join(packageRoot(), 'l10n', 'bundle.l10n.zh-cn.json'), 'utf8'),
  )
  useTranslations(v.parse(v.record(v.string(), v.string()), bundle))
}
