import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { UserError } from '../../../src/shared/error.ts'
import { type DownloadProgress, downloadModel, externalData } from '../../../src/trainer/text/hub.ts'
import { locateModel } from '../../../src/trainer/text/locate.ts'
import { userCache } from '../../../src/trainer/text/user-cache.ts'
import { hubServer } from './hub-server.ts'

/** Bytes without a pattern, so that a wrong join shows. */
const bytes = (length: number): Buffer =>
  Buffer.concat(
    Array.from({ length: Math.ceil(length / 32) }, (_, i) => createHash('sha256').update(String(i)).digest()),
  ).subarray(0, length)

const location = (name: string): Buffer =>
  Buffer.concat([
    Buffer.from('\x0a\x08location\x12', 'latin1'),
    Buffer.from([name.length]),
    Buffer.from(name),
  ])

const weights = bytes(300_000)
const FILES = {
  'owner/small/config.json': Buffer.from('{"model_type":"bert"}'),
  'owner/small/tokenizer.json': Buffer.from('{"model":{}}'),
  'owner/small/1_Pooling/config.json': Buffer.from(
    '{"pooling_mode_cls_token":true,"pooling_mode_mean_tokens":false}',
  ),
  'owner/small/onnx/model.onnx': weights,
  'owner/big/tokenizer.json': Buffer.from('{"model":{}}'),
  'owner/big/model.onnx': Buffer.concat([bytes(1_048_560), location('model.onnx_data'), bytes(50)]),
  'owner/big/model.onnx_data': bytes(2000),
  'owner/decoder/config.json': Buffer.from('{"architectures":["GPT2LMHeadModel"]}'),
  'owner/decoder/tokenizer.json': Buffer.from('{"model":{}}'),
  'owner/decoder/onnx/model.onnx': bytes(10),
  'owner/decoder/onnx/decoder_model.onnx': bytes(20),
  'owner/words/config.json': Buffer.from('{}'),
  'owner/graphless/tokenizer.json': Buffer.from('{}'),
  'private/model/tokenizer.json': Buffer.from('{}'),
  'private/model/model.onnx': bytes(10),
}

async function hub(t: TestContext, options?: { ranges?: boolean }) {
  const server = await hubServer(FILES, options)
  const cache = mkdtempSync(join(tmpdir(), 'finesse-'))
  t.after(async () => {
    await server.close()
    rmSync(cache, { recursive: true })
  })
  const progress: DownloadProgress[] = []
  const get = (name: string, token: string | null = null) =>
    downloadModel(name, {
      cache,
      endpoint: server.endpoint,
      token,
      report: (at) => progress.push(at),
      backoffMs: 1,
    })
  return { server, cache, progress, get }
}

const oneLine = (message: RegExp) => (error: unknown) => {
  assert.ok(error instanceof UserError, String(error))
  assert.match(error.message, message)
  assert.doesNotMatch(error.message, /\n/)
  return true
}

test('a model is downloaded once, with its progress, and then needs no network', async (t) => {
  const { server, cache, progress, get } = await hub(t)
  const folder = await get('owner/small')
  assert.equal(folder, join(cache, 'models', 'owner', 'small', 'main'))
  assert.deepEqual(readFileSync(join(folder, 'onnx', 'model.onnx')), weights)
  const onnx = progress.filter((at) => at.file === 'onnx/model.onnx')
  assert.deepEqual(onnx.at(-1), { file: 'onnx/model.onnx', received: weights.length, total: weights.length })
  assert.ok(onnx.every((at, i) => i === 0 || at.received > (onnx[i - 1]?.received ?? 0)))
  assert.deepEqual(
    readdirSync(folder, { recursive: true }).filter((name) => String(name).includes('partial')),
    [],
  )

  await server.close()
  const again = await locateModel('owner/small', { cache, endpoint: server.endpoint, token: null })
  assert.deepEqual(
    [again.kind, again.id, again.folder, again.pooling, again.config?.model_type],
    ['hub', 'owner/small', folder, 'cls', 'bert'],
  )
})

test('a cut connection is taken up where it broke', async (t) => {
  const { server, get } = await hub(t)
  server.cuts.push(100_000, 50_000)
  const folder = await get('owner/small')
  assert.deepEqual(readFileSync(join(folder, 'onnx', 'model.onnx')), weights)
  const parts = server.requests.filter((line) => line.includes('/cdn/') && line.includes('model.onnx'))
  assert.deepEqual(
    parts.map((line) => line.split(' ').slice(1).join(' ')),
    ['- 200', 'bytes=100000- 206', 'bytes=150000- 206'],
  )
})

test('a server without ranges is asked for the whole file again', async (t) => {
  const { server, get } = await hub(t, { ranges: false })
  server.cuts.push(100_000)
  const folder = await get('owner/small')
  assert.deepEqual(readFileSync(join(folder, 'onnx', 'model.onnx')), weights)
})

/** A process that is over. */
const goneProcess = (): number => spawnSync(process.execPath, ['-e', '']).pid

test('what a process that is gone has left is taken up, of another version never', async (t) => {
  for (const [etag, part, expected] of [
    [
      `"${createHash('sha256').update(weights).digest('hex')}"`,
      weights.subarray(0, 70_000),
      'bytes=70000- 206',
    ],
    ['"older"', bytes(90_000).reverse(), 'bytes=90000- 200'],
  ] as const) {
    const { server, cache, get } = await hub(t)
    const folder = join(cache, 'models', 'owner', 'small', 'main')
    await get('owner/small')
    rmSync(join(folder, '.complete.json'))
    rmSync(join(folder, 'onnx', 'model.onnx'))
    const left = `model.onnx.${goneProcess()}.${Buffer.from(etag).toString('base64url')}.partial`
    writeFileSync(join(folder, 'onnx', left), part)
    server.requests.length = 0
    await get('owner/small')
    assert.deepEqual(readFileSync(join(folder, 'onnx', 'model.onnx')), weights)
    assert.deepEqual(readdirSync(join(folder, 'onnx')), ['model.onnx'])
    const parts = server.requests.filter((line) => line.includes('/cdn/') && line.includes('model.onnx'))
    assert.deepEqual(
      parts.map((line) => line.split(' ').slice(1).join(' ')),
      [expected],
    )
  }
})

test('two downloads at once give the same whole file', async (t) => {
  const { server, cache } = await hub(t)
  const script = `import { downloadModel } from ${JSON.stringify(new URL('../../../src/trainer/text/hub.ts', import.meta.url))}
await downloadModel('owner/small', ${JSON.stringify({ cache, endpoint: server.endpoint, token: null })} )`
  const run = () =>
    new Promise<number | null>((done) => {
      const source = script.replace('} )', ', report: () => {} })')
      spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', source], {
        stdio: ['ignore', 'ignore', 'inherit'],
      }).on('exit', done)
    })
  assert.deepEqual(await Promise.all([run(), run()]), [0, 0])
  const folder = join(cache, 'models', 'owner', 'small', 'main')
  assert.deepEqual(readFileSync(join(folder, 'onnx', 'model.onnx')), weights)
  assert.deepEqual(readdirSync(join(folder, 'onnx')), ['model.onnx'])
})

test('a server in trouble is asked again, and not forever', async (t) => {
  const { server, get } = await hub(t)
  server.failures.push(503, 500, 429)
  assert.ok(existsSync(join(await get('owner/small'), 'tokenizer.json')))
  server.failures.push(...Array<number>(5).fill(502))
  await assert.rejects(
    get('owner/big'),
    oneLine(/owner\/big could not be downloaded \(.* answered HTTP 502\)/),
  )
})

test('external data comes with the file that names it', async (t) => {
  const { get } = await hub(t)
  const folder = await get('owner/big')
  assert.deepEqual(await externalData(join(folder, 'model.onnx')), ['model.onnx_data'])
  assert.equal(readFileSync(join(folder, 'model.onnx_data')).length, 2000)
})

test('of a decoder the unmerged graph is taken', async (t) => {
  const { get } = await hub(t)
  assert.deepEqual(readdirSync(join(await get('owner/decoder'), 'onnx')), ['decoder_model.onnx'])
})

test('each refusal is its own line', async (t) => {
  const { get, cache, server } = await hub(t)
  await assert.rejects(
    get('owner/absent'),
    oneLine(/no folder owner\/absent here and no model owner\/absent on 127/),
  )
  await assert.rejects(get('owner/words'), oneLine(/owner\/words has no tokenizer\.json/))
  await assert.rejects(
    get('owner/graphless'),
    oneLine(/has no ONNX file on .*onnx\/model\.onnx, model\.onnx/),
  )
  await assert.rejects(get('private/model'), oneLine(/private\/model is not open to everyone .*set HF_TOKEN/))
  await assert.rejects(
    get('private/model', 'wrong'),
    oneLine(/HF_TOKEN does not give access to private\/model/),
  )
  assert.equal(basename(await get('private/model', 'secret')), 'main')

  await server.close()
  await assert.rejects(
    get('owner/big'),
    oneLine(
      /^owner\/big could not be downloaded \(no connection to 127\.0\.0\.1:\d+\)\. As base model give a folder that holds it instead, or choose a mirror of the hub \(HF_ENDPOINT\)\.$/,
    ),
  )
  await assert.rejects(
    downloadModel('a/b', { cache, endpoint: 'mirror', token: null, report: () => undefined }),
    oneLine(/HF_ENDPOINT is "mirror"/),
  )
  const file = join(cache, 'file')
  writeFileSync(file, '')
  await assert.rejects(
    downloadModel('a/b', { cache: file, endpoint: server.endpoint, token: null, report: () => undefined }),
    oneLine(/a\/b could not be stored in .*FINESSE_CACHE/),
  )
})

test('the user cache is where the platform keeps such things', () => {
  assert.equal(userCache({ FINESSE_CACHE: '/somewhere' }, 'linux'), '/somewhere')
  assert.match(userCache({}, 'linux'), /\.cache.finesse$/)
  assert.match(userCache({}, 'darwin'), /Library.Caches.finesse$/)
  assert.match(userCache({ LOCALAPPDATA: 'C:/Local' }, 'win32'), /^C:.Local.finesse$/)
})
