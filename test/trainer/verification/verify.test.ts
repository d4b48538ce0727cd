import assert from 'node:assert/strict'
import { appendFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { readRecord } from '../../../src/run/folder.ts'
import { readReceipt } from '../../../src/run/receipt.ts'
import { verificationText } from '../../../src/trainer/cli/verification-text.ts'
import { differencesOf } from '../../../src/trainer/verification/differences.ts'
import { type Verification, verify } from '../../../src/trainer/verification/verify.ts'
import { temporaryFolder } from '../../run/sample.ts'
import { STATIC, sampleFile, trained } from '../training/small-run.ts'

type Compared = Extract<Verification, { verdict: 'same' | 'different' }>

const compared = (found: Verification): Compared => {
  if (found.verdict === 'same' || found.verdict === 'different') return found
  return assert.fail(found.verdict)
}

test('a run is held to its receipt', async (t) => {
  const file = sampleFile(t, 60)
  const { run } = await trained(file, { model: STATIC })
  const record = readRecord(run)
  const verified = (threads: number | null = null): Promise<Verification> =>
    verify(
      { path: run, record, out: temporaryFolder(t), threads },
      () => undefined,
      new AbortController().signal,
    )

  await t.test('trained again it is the same', async () => {
    const found = await verified()
    assert.deepEqual(found, {
      verdict: 'same',
      tampered: [],
      files: [],
      differences: null,
      reasons: [],
      hasReceipt: true,
    })
    assert.match(verificationText(found), /bit for bit/)
  })

  await t.test('another number of threads and a file that was changed are named', async () => {
    const model = join(run, 'model', 'onnx', 'model.onnx')
    const before = readFileSync(model)
    appendFileSync(model, 'x')
    const found = compared(await verified(record.versions.threads + 1))
    assert.deepEqual(found.tampered, ['model/onnx/model.onnx'])
    assert.equal(found.reasons.length, 1)
    assert.match(found.reasons[0] ?? '', /threads/)
    assert.match(verificationText(found), /model\/onnx\/model\.onnx: changed since the run ended\n/)
    writeFileSync(model, before)
  })

  await t.test(
    'without a receipt it is compared with its folder, and how far it is off is said',
    async () => {
      const receipt = readFileSync(join(run, 'receipt.json'))
      const predictions = readFileSync(join(run, 'predictions.jsonl'), 'utf8')
      rmSync(join(run, 'receipt.json'))
      assert.equal(readReceipt(run), null)
      const [first, ...others] = predictions.split('\n')
      const changed = JSON.parse(first ?? '')
      const [label, probability] = Object.entries<number>(changed.probabilities)[0] ?? ['', 0]
      changed.probabilities[label] = probability + 0.25
      changed.predicted = `not ${changed.predicted}`
      writeFileSync(join(run, 'predictions.jsonl'), [JSON.stringify(changed), ...others].join('\n'))
      const found = compared(await verified())
      assert.equal(found.hasReceipt, false)
      assert.deepEqual(found.files, ['predictions.jsonl'])
      assert.equal(found.differences?.changed, 1)
      assert.equal(found.differences?.rows, record.data.split.test)
      assert.ok(Math.abs((found.differences?.largest ?? 0) - 0.25) < 1e-6)
      assert.deepEqual(found.differences?.scores, {})
      assert.match(verificationText(found), /Nothing is known to be otherwise/)
      writeFileSync(join(run, 'receipt.json'), receipt)
      writeFileSync(join(run, 'predictions.jsonl'), predictions)
    },
  )

  await t.test('a changed row is named, and nothing is trained', async () => {
    appendFileSync(file, 'one more row,world\n')
    const found = await verified()
    assert.ok(found.verdict === 'changed')
    assert.equal(found.changes.length, 1)
    assert.ok(found.changes[0]?.startsWith(`${file}: `))
    rmSync(file)
    const gone = await verified()
    assert.ok(gone.verdict === 'changed' && /is gone/.test(gone.changes.join()))
  })
})

test('how far two runs are apart is counted by row, probability and score', async (t) => {
  const file = sampleFile(t, 60)
  const one = await trained(file, { model: STATIC, epochs: 1 })
  const other = await trained(file, { model: STATIC, epochs: 2 })
  const found = await differencesOf(one.run, other.run)
  assert.ok(found.largest > 0 && found.largest <= 1)
  assert.equal(found.rows, readRecord(one.run).data.split.test)
  const [then, now] = [readRecord(one.run).test, readRecord(other.run).test]
  assert.ok(then && now && 'log_loss' in then && 'log_loss' in now)
  assert.deepEqual(found.scores.log_loss, [then.log_loss, now.log_loss])
  assert.deepEqual((await differencesOf(one.run, one.run)).scores, {})
})

test('the receipt of an equal run is equal, whatever it is called and wherever it lies', async (t) => {
  const file = sampleFile(t, 60)
  const receipts = await Promise.all(
    [1, 2].map(async () => {
      const { run } = await trained(file, { model: 'ngram' }, { out: temporaryFolder(t) })
      const text = readFileSync(join(run, 'receipt.json'), 'utf8')
      assert.ok(!text.includes(run) && !text.includes(join(file, '..')))
      return text
    }),
  )
  assert.equal(receipts[0], receipts[1])
})

test('the n-gram model is verified as well', async (t) => {
  const { run } = await trained(sampleFile(t, 60), { model: 'ngram' })
  const found = await verify(
    { path: run, record: readRecord(run), out: temporaryFolder(t), threads: null },
    () => undefined,
    new AbortController().signal,
  )
  assert.equal(found.verdict, 'same')
})
