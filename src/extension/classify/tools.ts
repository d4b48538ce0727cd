import * as v from 'valibot'
import * as vscode from 'vscode'
import { UserError } from '../../shared/error.ts'
import { t } from '../../shared/l10n.ts'
import type { FinesseApi } from '../api.ts'

const ClassifyInput = v.object({
  texts: v.pipe(v.array(v.string()), v.maxLength(1000)),
  model: v.optional(v.string()),
})

/**
 * The API as tools of the editor's assistants: their inputs stand in `languageModelTools` of package.json. A tool
 * uses the runs that a person sees, by their names, and no other folder of the machine.
 */
export function registerTools(api: FinesseApi): vscode.Disposable {
  // Editors built on VS Code may be without.
  if (typeof vscode.lm?.registerTool !== 'function') return { dispose: () => undefined }
  const result = (value: unknown) =>
    new vscode.LanguageModelToolResult([new vscode.LanguageModelTextPart(JSON.stringify(value))])
  return vscode.Disposable.from(
    vscode.lm.registerTool('finesse_runs', {
      prepareInvocation: () => ({ invocationMessage: t`Looking at the runs of Finesse` }),
      invoke: async () =>
        result((await api.runs()).map(({ name, state, labels, test }) => ({ name, state, labels, test }))),
    }),
    vscode.lm.registerTool('finesse_classify', {
      prepareInvocation: ({ input }) => ({
        invocationMessage: t`Classifying ${v.is(ClassifyInput, input) ? input.texts.length : 0} texts`,
      }),
      async invoke({ input }, token) {
        const { texts, model } = v.parse(ClassifyInput, input)
        const done = (await api.runs()).filter(({ state }) => state === 'done')
        const run = done.findLast(({ name }) => model === undefined || name === model)
        if (run === undefined) {
          const names = [...new Set(done.map(({ name }) => name))].join(', ')
          throw new UserError(
            names === '' ? t`No run is finished yet` : t`no finished run ${model ?? ''}; there are ${names}`,
          )
        }
        return result({ model: run.name, predictions: await api.predict(run.path, texts, token) })
      },
    }),
  )
}
