import { dirname } from 'node:path'
import * as v from 'valibot'
import { t } from '../../shared/l10n.ts'
import type { Roles, ToPage } from '../../shared/page.ts'
import { Profile } from '../../shared/profile.ts'
import { callTrainer } from '../trainer/call.ts'
import type { TrainerHost } from '../trainer/launch.ts'

export interface TokenRequest {
  readonly file: string
  readonly roles: Roles
  readonly model: string
}

/** The lengths of a file's texts in a model's tokens, for which the trainer is asked: it alone has tokenizers. */
export async function tokenLengths(
  { file, roles, model }: TokenRequest,
  host: TrainerHost,
  stop: AbortSignal,
): Promise<Extract<ToPage, { type: 'tokens' }>> {
  const columns = [
    ['--text', roles.text],
    ['--label', roles.label],
    ['--text-pair', roles.text_pair],
  ].flatMap(([flag, column]) => (column ? [`${flag}=${column}`] : []))
  try {
    const words = ['profile', ...columns, `--model=${model}`, '--json', '--', file]
    const output = await callTrainer(words, host, dirname(file), stop)
    const { counts, cut } = v.parse(v.pipe(v.string(), v.parseJson(), Profile), output).lengths
    return { type: 'tokens', model, limit: cut?.limit ?? null, lengths: counts, problem: null }
  } catch (error) {
    if (!stop.aborted) host.log(`finesse profile: ${error instanceof Error ? error.message : String(error)}`)
    const problem = t`The model's tokens could not be counted; lengths are in characters.`
    return { type: 'tokens', model, limit: null, lengths: [], problem }
  }
}
