import { resolve } from 'node:path'
import { UserError } from '../src/shared/error.ts'
import { cpuRuntime } from '../src/trainer/engine/runtime.ts'
import { caseName, checkCase, findCases, storedGradients } from '../src/trainer/engine/zoo.ts'

// npm run zoo -- FOLDER, behind scripts/zoo.mjs. A line a case on standard output:
// NAME FORWARD_ERROR WORST_GRADIENT_ERROR TENSOR K/N pass|fail, the errors as src/trainer/engine/zoo.ts says.
// Exit 0 when all pass, 1 when one does not, 2 when there is no case.

const inWords = (error: number): string => {
  if (Number.isNaN(error)) return 'nan'
  return Number.isFinite(error) ? error.toExponential(1) : 'inf'
}

const checkLine = async (folder: string): Promise<boolean> => {
  const say = (forward: number, gradient: number, tensor: string, of: string, passed: boolean): void =>
    console.log(
      `${caseName(folder)} ${inWords(forward)} ${inWords(gradient)} ${tensor} ${of} ${passed ? 'pass' : 'fail'}`,
    )
  try {
    const { forward, gradient, worst, computed, stored, passed } = await checkCase(cpuRuntime(), folder)
    say(forward, gradient, worst, `${computed}/${stored}`, passed)
    return passed
  } catch (error) {
    say(Number.NaN, Number.NaN, '-', `0/${countStored(folder)}`, false)
    const reason = error instanceof UserError || !(error instanceof Error) ? String(error) : error.stack
    console.error(`${caseName(folder)}: ${reason?.replace(/^UserError: /, '')}`)
    return false
  }
}

/** 0 where the file can't be read either. */
const countStored = (folder: string): number => {
  try {
    return storedGradients(folder)
  } catch {
    return 0
  }
}

const [folder] = process.argv.slice(2)
try {
  if (folder === undefined) throw new UserError('Name a folder of cases: npm run zoo -- FOLDER', 'usage')
  const cases = findCases(resolve(process.env.INIT_CWD ?? '', folder))
  let passed = true
  for (const path of cases) passed = (await checkLine(path)) && passed
  process.exitCode = passed ? 0 : 1
} catch (error) {
  if (!(error instanceof UserError)) throw error
  console.error(error.message)
  process.exitCode = 2
}
