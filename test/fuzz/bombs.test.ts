import assert from 'node:assert/strict'
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { openTable } from '../../src/data/table.ts'
import { loadCheckpoint, saveCheckpoint } from '../../src/run/checkpoint.ts'
import { readRecord } from '../../src/run/folder.ts'
import { readEvents } from '../../src/run/metrics.ts'
import { readSafetensors } from '../../src/run/safetensors.ts'
import { UserError } from '../../src/shared/error.ts'
import { loadModel } from '../../src/trainer/onnx/load.ts'
import { openTokenizer } from '../../src/trainer/text/open-tokenizer.ts'
import { temporaryFolder } from '../run/sample.ts'

const DEEP = 20_000

/** Read, or refused in one line: nothing else. */
async function holds(name: string, read: () => unknown): Promise<void> {
  try {
    await read()
  } catch (error) {
    assert.ok(error instanceof UserError, `${name}: ${error instanceof Error ? error.stack : error}`)
  }
}

async function rowsOf(path: string): Promise<void> {
  const table = await openTable(path)
  for await (const _ of table.rows()) {
    // Every row is read.
  }
}

const varint = (value: number): number[] =>
  value < 128 ? [value] : [(value % 128) + 128, ...varint(Math.floor(value / 128))]
/** A length-delimited field of a protobuf message. */
const field = (number: number, payload: Uint8Array | string): Buffer => {
  const bytes = Buffer.from(payload)
  return Buffer.concat([Buffer.from([...varint(number * 8 + 2), ...varint(bytes.length)]), bytes])
}

function fileOf(t: TestContext, name: string, content: Uint8Array | string): string {
  const folder = temporaryFolder(t)
  writeFileSync(join(folder, name), content)
  return join(folder, name)
}

test('nesting without end exhausts no stack', async (t) => {
  const nested = [
    `${'['.repeat(DEEP)}${']'.repeat(DEEP)}`,
    `${'{"a":'.repeat(DEEP)}1${'}'.repeat(DEEP)}`,
    '['.repeat(DEEP),
  ]
  for (const value of nested) {
    const object = `{"text":${value},"label":"a"}`
    await holds('jsonl', () => rowsOf(fileOf(t, 'a.jsonl', `${object}\n${object}\n`)))
    await holds('json', () => rowsOf(fileOf(t, 'a.json', `[${object},${object}]`)))
    await holds('json itself', () => rowsOf(fileOf(t, 'a.json', value)))
    await holds('run.json', () =>
      readRecord(join(fileOf(t, 'run.json', `{"schema":1,"data":${value}}`), '..')),
    )
    await holds('metrics', () =>
      readEvents(join(fileOf(t, 'metrics.jsonl', `{"event":"note","more":${value}}\n`), '..')),
    )
    await holds('tokenizer', () =>
      openTokenizer(
        join(
          fileOf(t, 'tokenizer.json', `{"model":{"type":"BPE","vocab":${value}},"normalizer":${value}}`),
          '..',
        ),
      ),
    )
    const header = Buffer.from(`{"a":${value}}`)
    const length = Buffer.alloc(8)
    length.writeBigUInt64LE(BigInt(header.length))
    await holds('safetensors', () =>
      readSafetensors(fileOf(t, 'a.safetensors', Buffer.concat([length, header]))),
    )
  }
  let graph: Buffer = Buffer.alloc(0)
  for (let depth = 0; depth < 2000; depth++) {
    const attribute = Buffer.concat([field(1, 'body'), field(6, graph), Buffer.from([...varint(20 * 8), 5])])
    graph = field(1, Buffer.concat([field(4, 'Loop'), field(5, attribute)]))
  }
  const model = Buffer.concat([field(7, graph), field(8, Buffer.from([16, 17]))])
  await holds('onnx', () => loadModel(fileOf(t, 'a.onnx', model)))
})

test('a small file never becomes much in memory', async (t) => {
  // 3 million fields of two bytes.
  const fields = fileOf(t, 'fields.onnx', Buffer.alloc(6_000_000, Buffer.from([8, 1])))
  assert.throws(() => loadModel(fields), /more than 2,000,000 fields/)
  // Ten functions, each of which calls the next one a hundred times.
  const call = (n: number): Buffer =>
    field(1, Buffer.concat([field(4, `f${n}`), field(7, 'own'), field(2, 'x')]))
  const body = (n: number): Buffer =>
    field(
      25,
      Buffer.concat([
        field(1, `f${n}`),
        field(10, 'own'),
        ...Array.from({ length: 100 }, () => field(7, call(n + 1).subarray(2))),
      ]),
    )
  const functions = Array.from({ length: 10 }, (_, n) => body(n))
  const bomb = Buffer.concat([field(7, call(0)), field(8, Buffer.from([16, 17])), ...functions])
  const before = process.memoryUsage().rss
  assert.throws(() => loadModel(fileOf(t, 'bomb.onnx', bomb)), /more than [\d,]+ nodes/)
  const grown = (process.memoryUsage().rss - before) / 2 ** 20
  assert.ok(grown < 400, `${grown.toFixed(0)} MB`)
})

test('nothing is removed or written through a link in a run that somebody made', (t) => {
  const run = temporaryFolder(t)
  const mine = temporaryFolder(t)
  mkdirSync(join(mine, '1'))
  mkdirSync(join(mine, 'photos'))
  writeFileSync(join(mine, '1', 'kept'), 'kept')
  symlinkSync(mine, join(run, 'checkpoints'))
  const checkpoint = { step: 1, tensors: new Map(), state: null }
  assert.throws(() => saveCheckpoint(run, checkpoint, { best: true }), /checkpoints: a link/)
  assert.equal(loadCheckpoint(run, 'last'), null)

  const other = temporaryFolder(t)
  mkdirSync(join(other, 'checkpoints', 'photos'), { recursive: true })
  saveCheckpoint(other, checkpoint, { best: true })
  assert.deepEqual(loadCheckpoint(other, 'last'), checkpoint)
  writeFileSync(join(other, 'checkpoints', 'photos', 'kept'), 'kept')
})
