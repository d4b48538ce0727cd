/**
 * Finesse and Hugging Face's Trainer on the same files, one after the other in one run, written to its place in
 * docs/performance.md. Trainer takes far longer: of several seeds it runs with the first alone.
 *
 *   npm run bench -- [--sets banking77,trec6] [--seeds 1,2,3] [--strategy X] [--only finesse|trainer] [--shared FOLDER]
 *
 * With --best Trainer's script is tuned, and the page is left as it is.
 *
 * Or one of the other measurements, scripts/bench/NAME.ts:
 *
 *   npm run bench -- NAME [its arguments]
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { arch, availableParallelism, cpus, platform, tmpdir, totalmem } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { measure } from './bench/measure.mjs'
import { findPython } from './bench/python.mjs'
import { section, table, withSection } from './bench/report.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))

function stop(message) {
  console.error(message)
  process.exit(2)
}

const [name, ...rest] = process.argv.slice(2)
if (name !== undefined && !name.startsWith('-')) measureOther(name, rest)

function measureOther(name, args) {
  const script = join('scripts', 'bench', `${name}.ts`)
  if (!existsSync(join(root, script))) stop(`There is no ${script}.`)
  build()
  const { status } = spawnSync(process.execPath, ['--import', 'tsx', script, ...args], {
    cwd: root,
    stdio: 'inherit',
  })
  process.exit(status ?? 1)
}

function readOptions() {
  try {
    const { values } = parseArgs({
      options: {
        sets: { type: 'string', default: 'banking77' },
        seeds: { type: 'string', default: '1' },
        strategy: { type: 'string' },
        best: { type: 'boolean' },
        only: { type: 'string' },
        shared: { type: 'string', default: join(root, '..', 'shared') },
      },
    })
    if (values.only && !['finesse', 'trainer'].includes(values.only)) stop('--only takes finesse or trainer.')
    return values
  } catch (error) {
    return stop(error.message)
  }
}

/** The files of a set, or a line that says which is missing. */
function filesOf(shared, set) {
  const folder = join(shared, 'datasets', set)
  const files = { train: join(folder, 'train.csv'), test: join(folder, 'test.csv') }
  for (const file of Object.values(files)) if (!existsSync(file)) stop(`There is no ${file}.`)
  const valid = join(folder, 'dev.csv')
  return existsSync(valid) ? { ...files, valid } : files
}

function build() {
  for (const script of ['scripts/setup.mjs', 'esbuild.mjs']) {
    const { status } = spawnSync(process.execPath, [script], { cwd: root, stdio: ['ignore', 2, 2] })
    if (status !== 0) process.exit(1)
  }
}

async function runFinesse({ files, model, seed, strategy }) {
  const out = mkdtempSync(join(tmpdir(), 'finesse-bench-'))
  const args = ['dist/cli.js', 'train', files.train, '--test', files.test]
  if (files.valid) args.push('--valid', files.valid)
  if (strategy) args.push('--strategy', strategy)
  args.push('--model', model, '--seed', seed, '--json', '--out', out)
  try {
    const { seconds, cpu_seconds, peak_rss_mb, last } = await measure(process.execPath, args, { cwd: root })
    return {
      accuracy: last.test.accuracy,
      seconds,
      cpu_seconds,
      train_seconds: last.train_seconds,
      peak_rss_mb,
    }
  } finally {
    rmSync(out, { recursive: true, force: true })
  }
}

async function runTrainer({ python, files, model, seed, best }) {
  const args = ['scripts/bench/trainer.py', '--model', model, '--train', files.train, '--test', files.test]
  args.push('--seed', seed, '--threads', String(availableParallelism()))
  if (best) args.push('--best')
  const { seconds, cpu_seconds, peak_rss_mb, last } = await measure(python.command, args, { cwd: root })
  return { accuracy: last.accuracy, seconds, cpu_seconds, train_seconds: last.train_seconds, peak_rss_mb }
}

const versionOf = (folder) => JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')).version

const { sets, seeds, strategy, best, only, shared } = readOptions()
const model = join(shared, 'models', 'all-MiniLM-L6-v2')
if (!existsSync(model)) stop(`There is no ${model}.`)
const named = sets.split(',').map((set) => ({ set, files: filesOf(shared, set) }))

const python = only === 'finesse' ? {} : findPython()
if (python.missing) {
  console.error(python.missing)
  if (only === 'trainer') process.exit(1)
}
const sides = []
if (only !== 'trainer') sides.push(['finesse', runFinesse])
if (python.command) sides.push(['trainer', runTrainer])
if (only !== 'trainer') build()

const results = []
for (const { set, files } of named) {
  for (const [i, seed] of seeds.split(',').entries()) {
    const result = { set, seed }
    for (const [side, run] of sides) {
      if (side === 'trainer' && i > 0 && sides.length > 1) continue
      console.error(`${set}, seed ${seed}: ${side}`)
      result[side] = await run({ python, files, model, seed, strategy, best }).catch((error) => {
        console.error(error.message)
        process.exit(1)
      })
      const { accuracy, seconds, peak_rss_mb } = result[side]
      console.error(
        `  accuracy ${(100 * accuracy).toFixed(2)}, ${seconds.toFixed(0)} s, ${peak_rss_mb.toFixed(0)} MiB`,
      )
    }
    results.push(result)
  }
}

console.log(table(results))
if (sides.length < 2 || best) {
  console.error('docs/performance.md was left as it is: it compares the defaults with the classic script.')
} else {
  const given = process.argv.slice(2).join(' ')
  const text = section({
    results,
    strategy,
    command: `npm run bench${given && ` -- ${given}`}`,
    machine: {
      cpu: cpus()[0]?.model.trim() ?? arch(),
      cores: availableParallelism(),
      memory: Math.round(totalmem() / 2 ** 30),
      system: `${platform()} ${arch()}`,
    },
    versions: {
      ...python.versions,
      finesse: versionOf('.'),
      node: process.versions.node,
      onnxruntime: versionOf('node_modules/onnxruntime-node'),
    },
  })
  const page = join(root, 'docs', 'performance.md')
  writeFileSync(page, withSection(readFileSync(page, 'utf8'), text))
  console.error('Written to docs/performance.md.')
}
