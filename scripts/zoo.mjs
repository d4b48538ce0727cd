// npm run zoo -- FOLDER: checks the engine against a folder of cases; see scripts/zoo.ts. Works on a fresh clone.
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { root, setup } from './setup.mjs'

setup()

const child = spawn(
  process.execPath,
  ['--import', 'tsx', join('scripts', 'zoo.ts'), ...process.argv.slice(2)],
  {
    cwd: root,
    // npm runs scripts in the package's folder; the person may be elsewhere.
    env: { ...process.env, INIT_CWD: process.env.INIT_CWD ?? process.cwd() },
    stdio: ['ignore', 'inherit', 'pipe'],
  },
)
// The verdicts are the only lines with these words, so that they can be counted: the runtime has them in its own too.
createInterface({ input: child.stderr }).on('line', (line) => {
  console.error(line.replace(/fail\w*/gi, 'error').replace(/pass\w*/gi, 'step'))
})
child.on('close', (code) => {
  process.exitCode = code ?? 1
})
