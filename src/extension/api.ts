import type { CancellationToken, Event } from 'vscode'

/**
 * What `activate()` gives to other extensions: docs/api.md. Nothing is taken away or changed in meaning within a
 * version.
 */
export interface FinesseApi {
  readonly version: 1
  /** The runs of the workspace and of the extension's own storage, the oldest first in each. */
  runs(): Promise<readonly FinesseRun[]>
  /** A run came, went, or is another than it was. */
  readonly onDidChangeRuns: Event<void>
  /**
   * Predicts texts with a model of this machine.
   *
   * @param model a run's name, or the absolute path of a run's or of an exported model's folder
   * @returns one for each text, in their order
   * @throws an Error whose message is one line for a person, where the model can't be used
   */
  predict(
    model: string,
    texts: readonly string[],
    token?: CancellationToken,
  ): Promise<readonly FinessePrediction[]>
}

export interface FinesseRun {
  /** Absolute path of its folder. */
  readonly path: string
  readonly name: string
  readonly state: 'damaged' | 'waiting' | 'running' | 'paused' | 'crashed' | 'interrupted' | 'failed' | 'done'
  /** Absolute path of the training rows; null: damaged. */
  readonly file: string | null
  /** Empty where numbers are predicted. */
  readonly labels: readonly string[]
  /** What the test rows gave, by the metric's name; empty until there is a test. */
  readonly test: Readonly<Record<string, number>>
}

export type FinessePrediction =
  | {
      readonly label: string
      readonly probability: number
      readonly probabilities: Readonly<Record<string, number>>
    }
  | { readonly value: number }
