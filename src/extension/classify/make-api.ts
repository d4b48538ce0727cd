import * as vscode from 'vscode'
import { UserError } from '../../shared/error.ts'
import { t } from '../../shared/l10n.ts'
import type { FinesseApi, FinessePrediction, FinesseRun } from '../api.ts'
import { type RunItem, stateOf } from '../runs/run-item.ts'
import type { RunStore } from '../runs/run-store.ts'
import { withSignal } from './classifier.ts'
import { findModel } from './find-model.ts'
import type { Prediction } from './prediction.ts'
import type { Predictions } from './predictions.ts'

/** What other extensions get, on top of the runs and the predictions that the editor itself uses. */
export function makeApi(store: RunStore, predictions: Predictions): FinesseApi {
  const runs = async (): Promise<readonly RunItem[]> => {
    await store.refresh()
    return store.runs
  }
  return {
    version: 1,
    runs: async () => (await runs()).map(asApi),
    onDidChangeRuns: store.onDidChange,
    async predict(model, texts, token) {
      if (!vscode.workspace.isTrusted)
        throw new UserError(t`No model is loaded in an untrusted workspace; trust it first.`)
      // A path needs no look at the runs.
      const folder = findModel(model, store.runs.length > 0 ? store.runs : await runs())
      const predicted = (signal?: AbortSignal) => predictions.predict(folder, [...texts], signal)
      return (await (token === undefined ? predicted() : withSignal(token, predicted))).map(toApi)
    },
  }
}

export const asApi = (run: RunItem): FinesseRun => ({
  path: run.path,
  name: run.record?.name ?? '',
  state: stateOf(run),
  file: run.record?.data.train.path ?? null,
  labels: run.record?.data.labels ?? [],
  test: Object.fromEntries(
    Object.entries(run.record?.test ?? {}).flatMap(([name, value]) =>
      typeof value === 'number' ? [[name, value]] : [],
    ),
  ),
})

export function toApi(prediction: Prediction): FinessePrediction {
  if (prediction.task === 'regress') return { value: prediction.value }
  const [best] = prediction.ranked
  return {
    label: best?.label ?? '',
    probability: best?.probability ?? 0,
    probabilities: Object.fromEntries(
      prediction.ranked.map(({ label, probability }) => [label, probability]),
    ),
  }
}
