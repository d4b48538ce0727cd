import type { ModelText } from '../../data/model-text.ts'
import { modelFolderOf, modelStamp } from '../../run/model-folder.ts'
import { UserError } from '../../shared/error.ts'
import { t } from '../../shared/l10n.ts'
import { LruCache } from './lru-cache.ts'
import { type Prediction, predictionOf } from './prediction.ts'
import type { ServerProcess } from './server-process.ts'

const REMEMBERED = 20_000
/** So often a model's file is looked at: it may be deleted or trained anew. */
const LOOK_MS = 250
/** Texts of one request: so long a cancellation waits at most, and the server's process of a file's end. */
const REQUEST = 1000

/** Predictions, remembered by text for as long as the model's file is the same. */
export class Predictions {
  private readonly server: Pick<ServerProcess, 'predict'>
  private readonly remembered: LruCache<Prediction>
  private readonly stamps = new Map<string, { readonly stamp: string; readonly at: number }>()

  constructor(server: Pick<ServerProcess, 'predict'>, remembered = REMEMBERED) {
    this.server = server
    this.remembered = new LruCache(remembered)
  }

  /**
   * @param model absolute path of a run's or a model's folder
   * @returns one for each text
   * @throws UserError where the model can't be used
   */
  async predict(
    model: string,
    texts: readonly ModelText[],
    signal?: AbortSignal,
    progress: (done: number) => void = () => undefined,
  ): Promise<readonly Prediction[]> {
    const stamp = this.stampOf(model)
    const key = (text: ModelText): string => `${model}\n${stamp}\n${JSON.stringify(text)}`
    const answers = new Map<string, Prediction>()
    const missing = new Map<string, ModelText>()
    for (const text of texts) {
      const known = this.remembered.get(key(text))
      if (known === undefined) missing.set(key(text), text)
      else answers.set(key(text), known)
    }
    const asked = [...missing]
    for (let from = 0; from < asked.length; from += REQUEST) {
      progress(from)
      const part = asked.slice(from, from + REQUEST)
      const reply = await this.server.predict(
        model,
        part.map(([, text]) => text),
        signal,
      )
      for (const [i, [of]] of part.entries()) {
        const prediction = predictionOf(reply.answers, reply.rows[i] ?? [])
        answers.set(of, prediction)
        this.remembered.set(of, prediction)
      }
    }
    return texts.map((text) => {
      const found = answers.get(key(text))
      if (found === undefined) throw new Error('a text was asked for and not answered')
      return found
    })
  }

  private stampOf(model: string): string {
    const known = this.stamps.get(model)
    if (known !== undefined && performance.now() - known.at < LOOK_MS) return known.stamp
    this.stamps.delete(model)
    const stamp = modelStamp(modelFolderOf(model))
    if (stamp === null)
      throw new UserError(t`${model}: there is no model in this folder; choose another model`)
    this.stamps.set(model, { stamp, at: performance.now() })
    return stamp
  }
}
