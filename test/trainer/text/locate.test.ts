import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { basename, dirname, join, relative } from 'node:path'
import { type TestContext, test } from 'node:test'
import { UserError } from '../../../src/shared/error.ts'
import { locateModel } from '../../../src/trainer/text/locate.ts'
import { needsShared, shared } from '../../shared.ts'

function folderOf(t: TestContext, files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'finesse-'))
  t.after(() => rmSync(folder, { recursive: true }))
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
  return folder
}

const refused = (spec: string, message: RegExp) =>
  assert.rejects(locateModel(spec), (error) => {
    assert.ok(error instanceof UserError, String(error))
    assert.match(error.message, message)
    assert.doesNotMatch(error.message, /\n/)
    return true
  })

test('a folder, absolute and relative, with its files in order of choice', async (t) => {
  const folder = folderOf(t, {
    'tokenizer.json': '{}',
    'onnx/decoder_model.onnx': '',
    'onnx/model_fp16.onnx': '',
    'model.onnx': '',
    'config.json': '{"model_type": "bert", "hidden_size": 8, "own": [1]}',
  })
  const model = await locateModel(folder)
  assert.deepEqual(model, {
    kind: 'folder',
    id: basename(folder),
    folder,
    onnxFile: join(folder, 'model.onnx'),
    otherOnnxFiles: [join(folder, 'onnx', 'model_fp16.onnx'), join(folder, 'onnx', 'decoder_model.onnx')],
    config: { model_type: 'bert', hidden_size: 8, own: [1] },
    pooling: null,
  })
  assert.deepEqual(await locateModel(relative(process.cwd(), folder)), model)
})

test('~ is the home folder', () => refused('~/no such model', new RegExp(`~/no such model|${homedir()}`)))

test('pooling as the model says', async (t) => {
  for (const [config, pooling] of [
    ['{"pooling_mode_cls_token": false, "pooling_mode_mean_tokens": true}', 'mean'],
    ['{"pooling_mode_cls_token": true, "pooling_mode_mean_tokens": false}', 'cls'],
    ['{"pooling_mode_lasttoken": true}', 'last'],
    ['{"pooling_mode": "lasttoken"}', 'last'],
    ['{"pooling_mode_max_tokens": true}', null],
    ['{"pooling_mode_mean_tokens": true, "pooling_mode_max_tokens": true}', null],
  ] as const) {
    const folder = folderOf(t, { 'tokenizer.json': '{}', 'model.onnx': '', '1_Pooling/config.json': config })
    assert.equal((await locateModel(folder)).pooling, pooling, config)
  }
})

test('a run stands for its model, under the name of what it was trained from', async (t) => {
  const run = folderOf(t, {
    'run.json': '{}',
    'model/tokenizer.json': '{}',
    'model/onnx/model.onnx': '',
    'model/config.json': '{"finesse_base_model": "owner/base", "id2label": {"0": "ham", "1": "spam"}}',
  })
  const model = await locateModel(run)
  assert.deepEqual([model.kind, model.id, model.folder], ['run', 'owner/base', join(run, 'model')])
  assert.deepEqual(model.config?.id2label, { 0: 'ham', 1: 'spam' })
  await refused(folderOf(t, { 'run.json': '{}' }), /has no model yet\. Resume and finish it/)
})

test('what is wrong with a folder is one line that names it', async (t) => {
  await refused('no such folder', /There is no folder no such folder/)
  await refused('/no/such/folder', /There is no folder \/no\/such\/folder/)
  const file = join(folderOf(t, { 'model.onnx': '' }), 'model.onnx')
  await refused(file, /model\.onnx is a file/)
  await refused(folderOf(t, { 'model.onnx': '' }), /holds no tokenizer\.json/)
  await refused(
    folderOf(t, { 'tokenizer.json': '{}', 'onnx/model_quantized.onnx': '' }),
    /holds no onnx\/model\.onnx, .*\(there is model_quantized\.onnx\)/,
  )
  await refused(
    folderOf(t, { 'tokenizer.json': '{}', 'model.onnx': '', 'config.json': '{' }),
    /config\.json is not valid JSON/,
  )
  await refused(
    folderOf(t, { 'tokenizer.json': '{}', 'model.onnx': '', 'config.json': '{"hidden_size": "8"}' }),
    /config\.json is not as expected at hidden_size/,
  )
})

test('the shared models are found', { skip: needsShared }, async () => {
  for (const name of ['all-MiniLM-L6-v2', 'stories260K', 'tencent-char-embedding']) {
    const model = await locateModel(shared(`models/${name}`))
    assert.equal(model.id, name)
    assert.equal(typeof model.config?.hidden_size, 'number')
  }
})
