import assert from 'node:assert/strict'
import { appendFileSync, cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { readRecord, writeRecord } from '../../../src/run/folder.ts'
import { readEvents } from '../../../src/run/metrics.ts'
import { UserError } from '../../../src/shared/error.ts'
import type { RunRecord } from '../../../src/shared/run.ts'
import { temporaryFolder } from '../../run/sample.ts'
import { needsShared } from '../../shared.ts'
import { bytesOf, losses, resumed, STORIES, sampleFile, trained } from './small-run.ts'

/** What a run leaves for good: name and bytes of predictions.jsonl and of every file of model/. */
function results(run: string): readonly (readonly [string, string])[] {
  const files = readdirSync(join(run, 'model'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(run.length + 1))
  return ['predictions.jsonl', ...files.sort()].map((name) => [name, bytesOf(run, name).toString('latin1')])
}

const named = (all: readonly (readonly [string, string])[]): readonly string[] => all.map(([name]) => name)

function equalResults(a: string, b: string): void {
  const [first, second] = [results(a), results(b)]
  assert.deepEqual(named(first), named(second))
  for (const [i, [name, bytes]] of first.entries()) assert.ok(bytes === second[i]?.[1], `${name} differs`)
}

test('equal seeds give equal bytes in other folders under other names, other seeds do not', {
  skip: needsShared,
}, async (t) => {
  const options = { strategy: 'last:2', lr: 1e-3, metric: 'log_loss' } as const
  const file = sampleFile(t)
  const elsewhere = join(temporaryFolder(t), 'other name.csv')
  cpSync(file, elsewhere)
  const first = await trained(file, options)
  const second = await trained(elsewhere, { ...options, cache_mb: 4095 })
  equalResults(first.run, second.run)
  assert.deepEqual(losses(first), losses(second))
  const other = await trained(file, { ...options, seed: 7 })
  for (const [i, [name, bytes]] of results(first.run).entries())
    if (/predictions|model\.onnx|README/.test(name)) assert.ok(bytes !== results(other.run)[i]?.[1], name)

  const { created } = readRecord(first.run)
  const everything = JSON.stringify(results(first.run))
  for (const trace of [file, first.run, STORIES, 'headlines', created.slice(0, 10), process.cwd()])
    assert.ok(!everything.includes(trace), trace)
})

test('stopped at any step, a run goes on to the same bytes', { skip: needsShared }, async (t) => {
  const file = sampleFile(t, 80)
  const options = { strategy: 'full', embeddings: 'touched', epochs: 2, lr: 3e-3 } as const
  const whole = await trained(file, options)
  const steps = losses(whole).length
  const perEpoch = steps / 2
  for (const at of [[1, perEpoch + 1], [perEpoch], [steps]]) {
    let { run, ending } = await trained(file, options, {
      until: (event) => event.event === 'step' && event.step === at[0],
    })
    for (const next of [...at.slice(1), Number.POSITIVE_INFINITY]) {
      assert.equal(ending.kind, 'interrupted')
      assert.equal(readRecord(run).status, 'interrupted')
      assert.ok(!existsSync(join(run, 'model')))
      ;({ run, ending } = await resumed(run, (event) => event.event === 'step' && event.step === next))
    }
    assert.equal(ending.kind, 'done')
    equalResults(run, whole.run)
    const told = readEvents(run).flatMap((event) => (event.event === 'step' ? [event.loss] : []))
    assert.deepEqual(told, losses(whole))
    assert.deepEqual(
      readEvents(run).filter((event) => event.event === 'epoch').length,
      whole.events.filter((event) => event.event === 'epoch').length,
    )
  }
})

test('a run whose patience ended goes on to the same end, not to another epoch', {
  skip: needsShared,
}, async (t) => {
  const file = sampleFile(t, 60)
  // No validation is ever better: the rate is too small to change anything.
  const options = { strategy: 'last:1', epochs: 4, lr: 1e-30, patience: 1 } as const
  const whole = await trained(file, options)
  const taken = losses(whole).length
  assert.ok(taken < readRecord(whole.run).progress.steps)
  const stopped = await trained(file, options, {
    until: (event) => event.event === 'phase' && event.phase === 'evaluate',
  })
  assert.equal(stopped.ending.kind, 'interrupted')
  const end = await resumed(stopped.run)
  assert.deepEqual(losses(end), [])
  equalResults(end.run, whole.run)
})

test('a run goes on only with the data and the model that it began with', {
  skip: needsShared,
}, async (t) => {
  const file = sampleFile(t, 60)
  const model = join(temporaryFolder(t), 'base')
  cpSync(STORIES, model, { recursive: true })
  const { run } = await trained(
    file,
    { strategy: 'last:1', model },
    { until: (event) => event.event === 'step' },
  )
  const refused = async (message: RegExp): Promise<void> => {
    await assert.rejects(resumed(run), (error) => error instanceof UserError && message.test(error.message))
    assert.equal(readRecord(run).status, 'interrupted')
  }
  const rows = readFileSync(file)
  appendFileSync(file, 'One more row,sport\n')
  await refused(/headlines\.csv: .*changed/)
  writeFileSync(file, 'text,topic\n')
  await refused(/headlines\.csv: .*changed/)
  writeFileSync(file, rows)
  const onnx = join(model, 'onnx', 'model.onnx')
  const bytes = readFileSync(onnx)
  const other = Buffer.from(bytes)
  other.writeUInt8(other.readUInt8(600_000) ^ 1, 600_000)
  writeFileSync(onnx, other)
  await refused(/model\.onnx: .*changed/)
  writeFileSync(onnx, bytes.subarray(0, 1000))
  await refused(/model\.onnx/)
  writeFileSync(onnx, bytes)
  const tokenizer = readFileSync(join(model, 'tokenizer.json'))
  writeFileSync(join(model, 'tokenizer.json'), `${tokenizer} `)
  await refused(/tokenizer\.json: .*changed/)
  writeFileSync(join(model, 'tokenizer.json'), tokenizer)
  writeFileSync(join(model, 'onnx', 'model.onnx_data'), 'more')
  await refused(/model\.onnx_data: .*changed/)
  rmSync(join(model, 'onnx', 'model.onnx_data'))
  assert.equal((await resumed(run)).ending.kind, 'done')
})

test('on another machine a run goes on by force alone, and says so', { skip: needsShared }, async (t) => {
  const file = sampleFile(t, 60)
  const { run } = await trained(file, { strategy: 'last:1' }, { until: (event) => event.event === 'step' })
  const record = readRecord(run)
  const { machine } = record
  assert.ok(machine)
  const elsewhere: [change: Partial<RunRecord>, named: RegExp][] = [
    [{ machine: { ...machine, arch: 'pdp11' } }, /began on \w+-pdp11, this machine is/],
    [
      { machine: { ...machine, features: [...machine.features, 'avx9'] } },
      /with avx9, which this one has not/,
    ],
    [{ machine: { ...machine, features: [], cpu: 'Other' } }, /processor (Other|without)/],
    [{ versions: { ...record.versions, onnxruntime: '1.2.3' } }, /began with onnxruntime 1\.2\.3/],
  ]
  for (const [change, named] of elsewhere) {
    writeRecord(run, { ...record, ...change })
    await assert.rejects(resumed(run), (error) => {
      assert.ok(error instanceof UserError)
      assert.match(error.message, named)
      assert.match(error.message, /by force\.$/)
      return true
    })
  }
  const { ending, events } = await resumed(run, undefined, { force: true })
  assert.equal(ending.kind, 'done')
  const warnings = events.flatMap((event) => (event.event === 'warning' ? [event.message] : []))
  assert.match(warnings.join('\n'), /by force.*onnxruntime 1\.2\.3/)
  assert.deepEqual(readRecord(run).machine, machine)
})

test('by force a run goes on with other rows, but not with other labels', {
  skip: needsShared,
}, async (t) => {
  const file = sampleFile(t, 60)
  const { run } = await trained(file, { strategy: 'last:1' }, { until: (event) => event.event === 'step' })
  const begun = readRecord(run).data.split
  const rows = readFileSync(file, 'utf8')
  const others = Array.from({ length: 12 }, (_, i) => `Rain on day ${i},weather\n`)
  writeFileSync(file, `${rows}${others.join('')}`)
  await assert.rejects(resumed(run, undefined, { force: true }), /labels.*not by force/)
  writeFileSync(file, rows.split('\n').slice(0, 55).join('\n'))
  const { ending } = await resumed(run, undefined, { force: true })
  assert.equal(ending.kind, 'done')
  const { data, progress } = readRecord(run)
  assert.equal(data.train.rows, 54)
  // Rows without a text or a label are left out.
  const { train, valid, test: tested } = data.split
  assert.ok(train + valid + tested <= 54 && train < begun.train)
  assert.ok(progress.steps > 0)
})

test('a run goes on with the threads and options that it began with', { skip: needsShared }, async (t) => {
  const file = sampleFile(t, 60)
  const { run } = await trained(file, { strategy: 'last:1' }, { until: (event) => event.event === 'step' })
  const record = readRecord(run)
  assert.ok(record.resolved)
  // As a version with other defaults on a machine with other cores would have begun it.
  const { resolved, versions } = record
  writeRecord(run, {
    ...record,
    resolved: { ...resolved, lr: 0.5, warmup_steps: 0 },
    versions: { ...versions, threads: 1 },
  })
  const { events } = await resumed(run)
  const rates = events.flatMap((event) => (event.event === 'step' ? [event.lr] : []))
  assert.ok(rates[0] !== undefined && rates[0] > 0.1)
  assert.equal(readRecord(run).versions.threads, 1)
})
