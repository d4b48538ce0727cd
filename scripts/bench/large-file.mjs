/**
 * A generated CSV: when the editor's thread has its first rows and its index, and the time and memory of `finesse
 * profile`: npm run build && node scripts/bench/large-file.mjs [--mb 1000]
 */
import { once } from 'node:events'
import { createWriteStream, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { Worker } from 'node:worker_threads'
import { measure } from './measure.mjs'

const root = fileURLToPath(new URL('../..', import.meta.url))
const { values } = parseArgs({ options: { mb: { type: 'string', default: '1000' } } })

/** mulberry32: the same file every time. */
function generator(seed) {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

/**
 * Rows of 4 to 40 words, a fifth of them quoted with commas and line breaks; one in fifty repeats an earlier text, one
 * in five hundred with another label; some lack a label.
 */
async function generate(path, bytes) {
  const random = generator(1)
  const pick = (items) => items[Math.floor(random() * items.length)]
  const letters = 'aeiouaeioubcdfghlmnprstvw'
  const words = Array.from({ length: 20_000 }, () =>
    Array.from({ length: 2 + Math.floor(random() * 9) }, () => pick(letters)).join(''),
  )
  const labels = Array.from({ length: 20 }, (_, i) => `label ${i}`)
  const file = createWriteStream(path)
  const earlier = []
  let written = 0
  let rows = 0
  let piece = 'id,text,label\n'
  while (written < bytes) {
    let text = Array.from({ length: 4 + Math.floor(random() * 37) }, () => pick(words)).join(' ')
    let label = random() < 0.001 ? '' : pick(labels)
    if (earlier.length > 0 && random() < 0.02) {
      const repeated = pick(earlier)
      text = repeated.text
      if (random() > 0.1) label = repeated.label
    } else if (random() < 0.001) earlier.push({ text, label })
    const cell = random() < 0.2 ? `"${text.replace(' ', ', ""so"" ').replace(' ', '\n')}"` : text
    piece += `${++rows},${cell},${label}\n`
    if (piece.length > 2 ** 18) {
      written += piece.length
      if (!file.write(piece)) await new Promise((resolve) => file.once('drain', resolve))
      piece = ''
    }
  }
  await new Promise((resolve) => file.end(piece, resolve))
  return rows
}

/** Milliseconds from asking the thread, which starts before the panel has loaded, to its first rows and to the index of all. */
async function editorTimes(path) {
  const worker = new Worker(join(root, 'dist', 'data-worker.cjs'), { workerData: { translations: {} } })
  await once(worker, 'online')
  const began = performance.now()
  worker.postMessage({ type: 'open', path, roles: null, numbers: false })
  let firstRows = null
  const index = await new Promise((resolve, reject) => {
    worker.on('error', reject)
    worker.on('message', ({ type, done }) => {
      if (type === 'rows') firstRows ??= performance.now() - began
      if (type === 'index' && done) resolve(performance.now() - began)
    })
  })
  await worker.terminate()
  return { first_rows_ms: Math.round(firstRows), index_ms: Math.round(index) }
}

const folder = mkdtempSync(join(tmpdir(), 'finesse-large-'))
const path = join(folder, 'large.csv')
try {
  const rows = await generate(path, Number(values.mb) * 1e6)
  console.error(`${rows} rows written`)
  const editor = []
  for (let i = 0; i < 3; i++) editor.push(await editorTimes(path))
  console.error(JSON.stringify(editor))
  const { seconds, peak_rss_mb } = await measure(
    process.execPath,
    ['dist/cli.js', 'profile', path, '--text', 'text', '--label', 'label', '--json'],
    { cwd: root },
  )
  console.log(JSON.stringify({ mb: Number(values.mb), rows, editor, seconds, peak_rss_mb }, null, 1))
} finally {
  rmSync(folder, { recursive: true, force: true })
}
