// npm start: from a fresh clone to a model fine-tuned on the bundled sample, and three predictions by it.
import { spawn } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { root, runNode, setup } from './setup.mjs'

setup()
runNode('esbuild.mjs')

const runs = join('.finesse', 'runs')
const listed = () => {
  try {
    return readdirSync(join(root, runs))
  } catch {
    return []
  }
}

/** Calls the command line; Ctrl-C reaches it by itself, and this process waits for how it ends. */
function finesse(args, input) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [join('dist', 'cli.js'), ...args], {
      cwd: root,
      stdio: input === undefined ? 'inherit' : ['pipe', 'pipe', 'inherit'],
    })
    let output = ''
    child.stdout?.setEncoding('utf8').on('data', (text) => {
      output += text
    })
    child.stdin?.end(input)
    child.on('close', (code) => resolve({ code: code ?? 1, output }))
  })
}
process.on('SIGINT', () => {})

console.error('Fine-tuning the embedded model on media/samples/headlines.csv ...')
const before = new Set(listed())
const trained = await finesse(['train', join('media', 'samples', 'headlines.csv')])
if (trained.code !== 0) process.exit(trained.code)
const name = listed().find((run) => !before.has(run))
if (name === undefined) throw new Error(`no new run in ${runs}`)
const run = join(runs, name)

// Written for this, in no sample.
const texts = [
  'Goalkeeper saves two penalties as the underdogs reach the cup final',
  'New battery lets phones run for a week on one charge',
  'Central bank holds interest rates as inflation slows',
]
const { code, output } = await finesse(['predict', run], texts.join('\n'))
if (code !== 0) process.exit(code)
console.log('\nThree headlines it has never seen')
for (const line of output.trim().split('\n')) {
  const { text, label, probability } = JSON.parse(line)
  console.log(`  ${label.padEnd(14)} ${`${(100 * probability).toFixed(0)} %`.padStart(5)}  ${text}`)
}
console.log(`\nTry next, with a file of your own (CSV, TSV or JSONL, a column of texts and one of labels):
  node ${join('dist', 'cli.js')} train YOUR-FILE.csv`)
