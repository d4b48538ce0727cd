import { execFile } from 'node:child_process'
import * as v from 'valibot'
import { t } from '../../shared/l10n.ts'
import type { Roles, ToPage } from '../../shared/page.ts'
import { Profile } from '../../shared/profile.ts'
import type { TrainerHost } from '../trainer/launch.ts'
import { environmentOf } from '../trainer/node-binary.ts'

export interface TokenRequest {
  readonly file: string
  readonly roles: Roles
  readonly model: string
}

const OUTPUT_BYTES = 64 * 2 ** 20

/** The lengths of a file's texts in a model's tokens, for which the trainer is asked: it alone has tokenizers. */
export async function tokenLengths(
  { file, roles, model }: TokenRequest,
  host: TrainerHost,
  signal: AbortSignal,
): Promise<Extract<ToPage, { type: 'tokens' }>> {
  const nothing = (problem: string): Extract<ToPage, { type: 'tokens' }> => ({
    type: 'tokens',
    model,
    limit: null,
    lengths: [],
    problem,
  })
  const node = await host.node()
  const columns = [
    ['--text', roles.text],
    ['--label', roles.label],
    ['--text-pair', roles.text_pair],
  ].flatMap(([flag, column]) => (column ? [`${flag}=${column}`] : []))
  const words = [host.script, 'profile', file, ...columns, `--model=${model}`, '--json']
  const output = await new Promise<string | null>((resolve) => {
    const env = { ...environmentOf(node, process.env), ...host.variables() }
    execFile(
      node.path,
      words,
      { signal, env, maxBuffer: OUTPUT_BYTES, windowsHide: true },
      (error, stdout, stderr) => {
        if (error && !signal.aborted) host.log(`finesse profile: ${stderr.trim() || error.message}`)
        resolve(error ? null : stdout)
      },
    )
  })
  const found = v.safeParse(v.pipe(v.string(), v.parseJson(), Profile), output)
  if (!found.success) return nothing(t`The model's tokens could not be counted; lengths are in characters.`)
  const { counts, cut } = found.output.lengths
  return { type: 'tokens', model, limit: cut?.limit ?? null, lengths: counts, problem: null }
}
