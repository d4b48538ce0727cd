const percent = (share) => (100 * share).toFixed(2)
const whole = (number) => Math.round(number).toLocaleString('en-US')
const mean = (numbers) => numbers.reduce((sum, number) => sum + number, 0) / numbers.length

/** One row a set and seed, and where a set has several seeds one more with their means. */
function rows(results) {
  const sets = [...new Set(results.map(({ set }) => set))]
  return sets.flatMap((set) => {
    const own = results.filter((result) => result.set === set)
    return own.length > 1 ? [...own, { set, seed: 'mean', ...meansOf(own) }] : own
  })
}

function meansOf(results) {
  const means = {}
  for (const side of ['finesse', 'trainer']) {
    const runs = results.flatMap((result) => result[side] ?? [])
    if (runs.length === 0) continue
    means[side] = Object.fromEntries(
      ['accuracy', 'seconds', 'cpu_seconds', 'train_seconds', 'peak_rss_mb'].map((key) => [
        key,
        mean(runs.map((run) => run[key])),
      ]),
    )
  }
  return means
}

const pair = ({ finesse, trainer }, key, show) => [
  finesse ? show(finesse[key]) : '',
  trainer ? show(trainer[key]) : '',
]
const ratio = ({ finesse, trainer }, key) =>
  finesse && trainer ? (finesse[key] / trainer[key]).toFixed(2) : ''

/** results: [{ set, seed, finesse?, trainer? }], each side { accuracy, seconds, cpu_seconds, train_seconds, peak_rss_mb }. */
export function table(results) {
  const header = [
    'set',
    'seed',
    'accuracy: Finesse',
    'Trainer',
    'whole command, s: Finesse',
    'Trainer',
    'ratio',
    'processor time, s: Finesse',
    'Trainer',
    'ratio',
    'training alone, s: Finesse',
    'Trainer',
    'peak memory, MiB: Finesse',
    'Trainer',
    'ratio',
  ]
  const body = rows(results).map((row) => [
    row.set,
    String(row.seed),
    ...pair(row, 'accuracy', percent),
    ...pair(row, 'seconds', whole),
    ratio(row, 'seconds'),
    ...pair(row, 'cpu_seconds', whole),
    ratio(row, 'cpu_seconds'),
    ...pair(row, 'train_seconds', whole),
    ...pair(row, 'peak_rss_mb', whole),
    ratio(row, 'peak_rss_mb'),
  ])
  const widths = header.map((title, column) =>
    Math.max(title.length, ...body.map((cells) => cells[column].length)),
  )
  const line = (cells) =>
    `| ${cells.map((cell, column) => (column === 0 ? cell.padEnd(widths[column]) : cell.padStart(widths[column]))).join(' | ')} |`
  const rule = `|${widths.map((width, column) => (column === 0 ? `${'-'.repeat(width + 2)}` : `${'-'.repeat(width + 1)}:`)).join('|')}|`
  return [line(header), rule, ...body.map(line)].join('\n')
}

/** The section of docs/performance.md that compares the two, from its heading to its end. */
export function section({ results, machine, versions, strategy, command }) {
  return `## Beside Hugging Face's Trainer

Written by \`npm run bench\`; not edited by hand.

- ${machine.cpu}, ${machine.cores} cores, ${machine.memory} GiB of memory, ${machine.system}
- Finesse ${versions.finesse} on Node ${versions.node}, onnxruntime-node ${versions.onnxruntime}
- Python ${versions.python}, PyTorch ${versions.torch}, transformers ${versions.transformers}, accelerate ${versions.accelerate}

Both sides are given a set's \`train.csv\`, fine-tune all-MiniLM-L6-v2 and are tested once on \`test.csv\`, one process at a time, in turn. With several seeds Trainer runs with the first alone.

- **Finesse**: \`finesse train\` with ${strategy ? `\`--strategy ${strategy}\`` : 'its defaults'}, from start to exit: profile, baselines, training, evaluation, export and the check of the export. Where a set has a \`dev.csv\` it is the validation set; else a tenth of \`train.csv\` is held out for it. Trainer trains on every row.
- **Trainer**: \`scripts/bench/trainer.py\`, a whole script with Hugging Face's Trainer and the classic recipe: fp32, batches of 16 padded to their longest text, at most 128 tokens, three epochs, rate 5e-5, 500 warm-up steps, linear decay, a randomly started pooler and head; load, tokenise, train, evaluate, nothing saved. It reads the same ONNX weights (well under a second) and uses ${machine.cores} threads.
- Time is wall time of the whole process; processor time is that of all its threads together, which other programs on the machine change little; memory is the largest resident size of the process. Accuracy is in percent. A ratio is Finesse's figure over Trainer's: below 1 is less.

${table(results)}

To repeat it:

\`\`\`
${command}
\`\`\`

The Trainer side needs a Python with torch, transformers, accelerate and onnx: on the path, or named by \`FINESSE_PYTHON\`.
`
}

const BEGIN = '<!-- bench -->'
const END = '<!-- end of bench -->'

/** The page with the section in its place; the rest of the page is other people's. */
export function withSection(page, text) {
  const [begin, end] = [page.indexOf(BEGIN), page.indexOf(END)]
  if (begin < 0 || end < begin)
    throw new Error(`docs/performance.md has no place for the table: ${BEGIN} and ${END}`)
  return `${page.slice(0, begin + BEGIN.length)}\n${text}${page.slice(end)}`
}
