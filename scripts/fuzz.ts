/**
 * Breaks real files at random and reads them: no reader may crash, hang, take more memory than its factor, or end in
 * anything but a one-line refusal.
 *
 *   npm run fuzz -- [--seconds 60] [--seed N] [--reader NAME] [--case N] [--keep FOLDER]
 *
 * Prints the seed. What failed is kept, and done again with its --reader, --seed and --case.
 */
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { fuzz } from '../test/fuzz/fuzz.ts'

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    reader: { type: 'string' },
    case: { type: 'string' },
    keep: { type: 'string', default: join(tmpdir(), 'finesse-fuzz-failures') },
  },
})
const { seconds, seed, reader, keep } = values
console.error(`Seed ${seed}, ${seconds} s.`)
const { cases, refused, failures } = await fuzz({
  seed: Number(seed),
  seconds: Number(seconds),
  keep,
  only: reader ?? null,
  ...(values.case === undefined ? {} : { from: Number(values.case), cases: 1 }),
})
for (const { target, case: number, problem, kept } of failures)
  console.error(
    `\n${target}, seed ${seed}, case ${number}, kept in ${kept}\n  ${problem.replaceAll('\n', '\n  ')}`,
  )
console.error(`${cases} files read, ${refused} refused, ${failures.length} failures.`)
process.exitCode = failures.length > 0 ? 1 : 0
