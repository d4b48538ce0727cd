import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite, type TestContext, test } from 'node:test'
import * as v from 'valibot'
import { createRandom } from '../../../src/data/random.ts'
import { readChecked } from '../../../src/run/folder.ts'
import { RunOptions } from '../../../src/shared/config.ts'
import { RunEvaluation } from '../../../src/shared/evaluation.ts'
import { changeText } from '../../../src/shared/findings/finding-words.ts'
import type { Finding } from '../../../src/shared/trust.ts'
import { temporaryFolder } from '../../run/sample.ts'
import { STATIC, sampleRows, trained } from './small-run.ts'

const reviews = readFileSync(new URL('../../../media/samples/reviews.csv', import.meta.url), 'utf8')

type Row = readonly [text: string, label: string]

/** The rows of a file that stand in a line each and have both a text and a label. */
const rowsIn = (text: string): readonly Row[] =>
  text
    .split('\n')
    .slice(1)
    .flatMap((line) => {
      const [, own, label] = /^([^",]+|"[^"]+"),(\w+)$/.exec(line) ?? []
      return own === undefined || label === undefined ? [] : [[own, label] as const]
    })

const headlines = rowsIn(sampleRows(600))

const csv = (rows: readonly Row[]): string =>
  `text,topic\n${rows.map((row) => `${row.join(',')}\n`).join('')}`

/** What is found in a run of these rows; that no other is said is part of what is held. */
async function findingsOf(t: TestContext, rows: string, options: Partial<RunOptions>): Promise<Finding[]> {
  const file = join(temporaryFolder(t), 'rows.csv')
  writeFileSync(file, rows)
  const { run, ending } = await trained(file, {
    ...v.parse(RunOptions, {}),
    model: STATIC,
    ...options,
  })
  const { findings = [] } = readChecked(join(run, 'evaluation.json'), RunEvaluation, 'damaged')
  assert.ok(ending.kind === 'done')
  const { advice } = ending.done
  for (const finding of findings) {
    const change = changeText(finding)
    assert.ok(change === null || advice.some((line) => line.includes(change)))
    assert.ok(v.safeParse(v.partial(RunOptions), finding.change).success)
  }
  return findings
}

const rulesOf = (findings: readonly Finding[]): readonly string[] => findings.map(({ rule }) => rule)

const flipped = (rows: readonly Row[], share: number): readonly Row[] => {
  const random = createRandom(5, 'flip')
  const labels = [...new Set(rows.map(([, label]) => label))]
  return rows.map(([text, label]) => {
    const others = labels.filter((other) => other !== label)
    return random.next() < share ? [text, others[random.below(others.length)] ?? label] : [text, label]
  })
}

suite('what is wrong with a run', () => {
  test('nothing is said of the samples', async (t) => {
    assert.deepEqual(await findingsOf(t, csv(headlines), {}), [])
    assert.deepEqual(await findingsOf(t, reviews, {}), [])
  })

  test('a rate 100 times too high', async (t) => {
    const findings = await findingsOf(t, csv(headlines), { lr: 0.2, epochs: 2 })
    assert.deepEqual(rulesOf(findings), ['rate-too-high'])
    assert.deepEqual(findings[0]?.change, { lr: 'auto' })
  })

  test('a rate 10 times too high, of which no epoch is kept', async (t) => {
    const findings = await findingsOf(t, csv(headlines), { lr: 0.02 })
    assert.deepEqual(rulesOf(findings), ['rate-too-high'])
    assert.ok('first_loss' in (findings[0]?.figures ?? {}))
  })

  test('a head that says one label of every row', async (t) => {
    const findings = await findingsOf(t, csv(headlines), { weight_decay: 400, epochs: 3 })
    assert.deepEqual(rulesOf(findings), ['dead-head'])
    assert.deepEqual(findings[0]?.change, { weight_decay: 0.01 })
  })

  test('20 rows', async (t) => {
    assert.deepEqual(rulesOf(await findingsOf(t, csv(headlines.slice(0, 20)), {})), ['too-little-data'])
  })

  test('one epoch, and a rate at which nothing moves', async (t) => {
    const short = await findingsOf(t, reviews, { epochs: 1 })
    assert.deepEqual(rulesOf(short), ['under-fitting'])
    assert.deepEqual(short[0]?.change, { epochs: 'auto' })
    const slow = await findingsOf(t, reviews, { lr: 2e-6, epochs: 3 })
    assert.deepEqual(rulesOf(slow), ['under-fitting'])
    assert.deepEqual(slow[0]?.change, { lr: 'auto' })
  })

  test('rows learnt by heart', async (t) => {
    const findings = await findingsOf(t, reviews, {
      epochs: 10,
      patience: 10,
      label_smoothing: 0,
      average: 0,
    })
    assert.deepEqual(rulesOf(findings), ['over-fitting'])
    assert.deepEqual(findings[0]?.change, {
      metric: 'log_loss',
      label_smoothing: 0.1,
      average: 0.33,
      patience: 2,
    })
  })

  test('labels of which few rows have one', async (t) => {
    const rows = rowsIn(reviews)
    const of = (label: string): readonly Row[] => rows.filter((row) => row[1] === label)
    const findings = await findingsOf(t, csv([...of('positive'), ...of('negative').slice(0, 40)]), {})
    assert.deepEqual(rulesOf(findings), ['imbalance'])
    assert.deepEqual(findings[0]?.change, { class_weights: 'balanced', metric: 'f1_macro' })
  })

  test('wrong labels, in one row of three', async (t) => {
    assert.deepEqual(rulesOf(await findingsOf(t, csv(flipped(headlines, 0.33)), { strategy: 'head' })), [
      'label-noise',
    ])
  })
})
