import { readFileSync } from 'node:fs'
import * as v from 'valibot'
import { UserError } from '../../shared/error.ts'
import { problemOf } from '../../shared/issue.ts'
import { t } from '../../shared/l10n.ts'

/**
 * Reads a JSON file of a model folder; null when there is none. A file that is there but can't be parsed, or
 * holds something else than the schema says, is a UserError that names it.
 */
export function readJsonFile<T extends v.GenericSchema>(file: string, schema: T): v.InferOutput<T> | null {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    const code = v.is(v.object({ code: v.string() }), error) ? error.code : ''
    if (code === 'ENOENT' || code === 'ENOTDIR') return null
    if (code === '') throw error
    throw new UserError(t`${file} can't be read (${code}). Check the file's permissions.`)
  }
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new UserError(
      text.trim() === ''
        ? t`${file} is not valid JSON (it is empty). Get the model's files again.`
        : t`${file} is not valid JSON. Get the model's files again.`,
    )
  }
  const parsed = v.safeParse(schema, value)
  if (parsed.success) return parsed.output
  const issue = parsed.issues[0]
  const path = v.getDotPath(issue)
  throw new UserError(
    path === null
      ? t`${file} is not as expected: ${problemOf(issue)}. Get the model's files again.`
      : t`${file} is not as expected at ${path}: ${problemOf(issue)}. Get the model's files again.`,
  )
}
