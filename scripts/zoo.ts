import { UserError } from '../src/shared/error.ts'
import { cpuRuntime } from '../src/trainer/engine/runtime.ts'
import { checkCase, findCases } from '../src/trainer/engine/zoo.ts'

// One line a case: NAME FORWARD_ERROR WORST_GRADIENT_ERROR TENSOR K/N and the verdict.
const folder = process.argv[2]
if (!folder) {
  process.stderr.write('npm run zoo -- FOLDER: name a folder of cases\n')
  process.exit(2)
}
let failed = 0
for (const path of findCases(folder)) {
  const name = path.split(/[\\/]/).at(-1)
  try {
    const result = await checkCase(cpuRuntime(), path)
    if (!result.passed) failed++
    process.stdout.write(
      `${result.name} ${result.forward.toExponential(1)} ${result.gradient.toExponential(1)} ${result.worst} ${result.computed}/${result.stored} ${result.passed ? 'pass' : 'fail'}\n`,
    )
  } catch (error) {
    failed++
    process.stdout.write(`${name} - - - 0/0 fail\n`)
    const message =
      error instanceof UserError ? error.message : error instanceof Error ? error.stack : String(error)
    process.stderr.write(`${name}: ${message}\n`)
  }
}
process.exitCode = failed > 0 ? 1 : 0
