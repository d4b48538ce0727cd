/**
 * Draws random graphs of the operators that a gradient can pass, and holds each gradient to directional derivatives.
 *
 *   npm run fuzz:gradients -- [--graphs 2000] [--seed N] [--graph N]
 *
 * Prints the seed; a graph that failed is done again with its --seed and --graph. Exit 1 when one fails.
 */
import { parseArgs } from 'node:util'
import { rules } from '../src/trainer/autodiff/rules/index.ts'
import { fuzzGradients } from '../test/trainer/autodiff/fuzz/fuzz-gradients.ts'

const { values } = parseArgs({
  options: {
    graphs: { type: 'string', default: '2000' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    graph: { type: 'string' },
  },
})
const seed = Number(values.seed)
const [from, graphs] = values.graph === undefined ? [0, Number(values.graphs)] : [Number(values.graph), 1]
console.log(`Seed ${seed}, ${graphs} graphs.`)
const { operators, slopes, sure, wide, failures } = await fuzzGradients({ seed, from, graphs }, (line) =>
  console.error(line),
)
const table = Object.keys(rules).length
console.log(
  `${graphs} graphs, ${wide} of them with slopes in float64; ${operators.size} of ${table} operators; ` +
    `${slopes} slopes, ${sure} of them well above rounding; ${failures.length} failures.`,
)
process.exitCode = failures.length > 0 ? 1 : 0
