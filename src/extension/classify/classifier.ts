import type * as vscode from 'vscode'
import { UserError } from '../../shared/error.ts'
import type { ActiveModel, ActiveModels } from './active-models.ts'
import type { Prediction } from './prediction.ts'
import type { Predictions } from './predictions.ts'

/** Predicts for what is shown in the editor: never throws, for what is shown beside it must go on. */
export class Classifier {
  private readonly models: ActiveModels
  private readonly predictions: Predictions
  private readonly log: vscode.LogOutputChannel

  constructor(models: ActiveModels, predictions: Predictions, log: vscode.LogOutputChannel) {
    this.models = models
    this.predictions = predictions
    this.log = log
  }

  /** null: cancelled, or the model failed and is turned off, which was said. */
  async predict(
    { model }: ActiveModel,
    texts: readonly string[],
    signal: AbortSignal,
  ): Promise<readonly Prediction[] | null> {
    try {
      return await this.predictions.predict(model, texts, signal)
    } catch (error) {
      if (signal.aborted || (error instanceof Error && error.name === 'AbortError')) return null
      if (!(error instanceof UserError)) this.log.error(error instanceof Error ? error : String(error))
      this.models.turnOff(model, error instanceof Error ? error.message : String(error))
      return null
    }
  }
}

/** Aborts when the token is cancelled. To be disposed when the work is over. */
export function signalOf(token: vscode.CancellationToken): vscode.Disposable & { signal: AbortSignal } {
  const controller = new AbortController()
  if (token.isCancellationRequested) controller.abort()
  const subscription = token.onCancellationRequested(() => controller.abort())
  return { signal: controller.signal, dispose: () => subscription.dispose() }
}

/** As long as the work takes, with the signal of a token. */
export async function withSignal<T>(
  token: vscode.CancellationToken,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const { signal, dispose } = signalOf(token)
  try {
    return await work(signal)
  } finally {
    dispose()
  }
}
