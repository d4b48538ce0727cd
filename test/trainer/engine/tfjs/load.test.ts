import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { loadTensorFlow } from '../../../../src/trainer/engine/tfjs/load.ts'
import { temporaryFolder } from '../../../run/sample.ts'

/** A package with this code, as FINESSE_TFJS may name it. */
const packageOf = (t: TestContext, code: string): string => {
  const folder = join(temporaryFolder(t), 'tfjs-node-gpu')
  mkdirSync(folder)
  writeFileSync(join(folder, 'package.json'), '{ "main": "index.cjs" }')
  writeFileSync(join(folder, 'index.cjs'), code)
  return folder
}

const refusedIn = async (t: TestContext, folder: string | undefined): Promise<string> => {
  const before = process.env.FINESSE_TFJS
  t.after(() => {
    if (before === undefined) delete process.env.FINESSE_TFJS
    else process.env.FINESSE_TFJS = before
  })
  if (folder === undefined) delete process.env.FINESSE_TFJS
  else process.env.FINESSE_TFJS = folder
  let message = ''
  await assert.rejects(loadTensorFlow(), (error: Error) => {
    message = error.message
    return error.name === 'UserError'
  })
  assert.doesNotMatch(message, /\n/)
  assert.match(message, /Set FINESSE_TFJS .* to the folder of @tensorflow\/tfjs-node-gpu/)
  return message
}

test('where TensorFlow.js is missing, one line says what to do', async (t) => {
  assert.match(await refusedIn(t, undefined), /no folder is named/)
  assert.match(await refusedIn(t, join(temporaryFolder(t), 'nowhere')), /there is no folder .*nowhere/)
  assert.match(await refusedIn(t, temporaryFolder(t)), /could not be loaded \(Cannot find module/)
  assert.match(await refusedIn(t, packageOf(t, 'module.exports = { tensor() {} }')), /another package/)
  const broken = 'throw new Error("libtensorflow.so.2: cannot open shared object file.\\nmore of it")'
  assert.match(
    await refusedIn(t, packageOf(t, broken)),
    /could not be loaded \(libtensorflow\.so\.2: cannot open shared object file\)/,
  )
})

test('what Node 23 took from node:util is there when TensorFlow.js asks for it', (t) => {
  const folder = packageOf(
    t,
    `const util = require('node:util')
     const nothing = () => {}
     module.exports = {
       tidy: nothing, tensor: nothing, matMul: nothing,
       ready: async () => {
         console.log(JSON.stringify([null, undefined, 0, []].map((x) => [util.isNullOrUndefined(x), util.isArray(x)])))
       },
     }`,
  )
  const module_ = fileURLToPath(new URL('../../../../src/trainer/engine/tfjs/load.ts', import.meta.url))
  const code = `
    import util from 'node:util'
    delete util.isNullOrUndefined
    delete util.isArray
    const { loadTensorFlow } = await import(${JSON.stringify(module_)})
    await loadTensorFlow()`
  const { stdout, stderr } = spawnSync(
    process.execPath,
    ['--import', 'tsx', '--input-type=module', '--eval', code],
    { encoding: 'utf8', env: { ...process.env, FINESSE_TFJS: folder } },
  )
  assert.deepEqual(
    JSON.parse(stdout || '[]'),
    [
      [true, false],
      [true, false],
      [false, false],
      [false, true],
    ],
    stderr,
  )
})
