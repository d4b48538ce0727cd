import { checkGraph } from './check-graph.ts'

export interface Fuzzed {
  readonly graphs: number
  /** Those whose slopes are in float64. */
  readonly wide: number
  /** Operators met, and how often. */
  readonly operators: ReadonlyMap<string, number>
  readonly slopes: number
  readonly sure: number
  /** In one line each, with seed and number. */
  readonly failures: readonly string[]
}

/** Checks graphs of a seed, from a number on. */
export const fuzzGradients = async (
  { seed, from, graphs }: { readonly seed: number; readonly from: number; readonly graphs: number },
  onFailure: (line: string) => void = () => {},
): Promise<Fuzzed> => {
  const operators = new Map<string, number>()
  const failures: string[] = []
  let [wide, slopes, sure] = [0, 0, 0]
  const fail = (line: string): void => {
    failures.push(line)
    onFailure(line)
  }
  for (let number = from; number < from + graphs; number++)
    try {
      const checked = await checkGraph(seed, number)
      for (const name of checked.operators) operators.set(name, (operators.get(name) ?? 0) + 1)
      if (checked.precision === 'float64') wide++
      slopes += checked.slopes
      sure += checked.sure
      if (checked.problem !== null)
        fail(
          `seed ${seed}, graph ${number} (${checked.operators.join(', ')}; ${checked.precision}): ${checked.problem}`,
        )
    } catch (error) {
      fail(`seed ${seed}, graph ${number}: ${error instanceof Error ? error.stack : String(error)}`)
    }
  return { graphs, wide, operators, slopes, sure, failures }
}
