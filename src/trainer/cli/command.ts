import type { Arguments, Usage } from './arguments.ts'

export const EXIT = { done: 0, failed: 1, usage: 2, changed: 3, interrupted: 130 } as const
export type Exit = (typeof EXIT)[keyof typeof EXIT]

export interface Command extends Usage {
  /** One line in the list of commands. */
  readonly summary: string
  /** After `finesse NAME`. */
  readonly synopsis: string
  /** What it does, reads and writes, in a few sentences. */
  readonly about: string
  /** Options with a line of help each; those of a run are described in options.ts. */
  readonly optionHelp: readonly (readonly [option: string, what: string])[]
  /** Whole lines, each beginning with `finesse`. */
  readonly examples: readonly string[]
  run(args: Arguments): Promise<Exit>
}
