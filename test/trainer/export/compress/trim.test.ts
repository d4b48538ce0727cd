import assert from 'node:assert/strict'
import { cpSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { readPredictions } from '../../../../src/run/predictions.ts'
import { UserError } from '../../../../src/shared/error.ts'
import { trimFolder } from '../../../../src/trainer/export/compress/trim.ts'
import { trimTokenizer } from '../../../../src/trainer/export/compress/trim-tokenizer.ts'
import { fileOf } from '../../../../src/trainer/export/dtype.ts'
import { openPredictor } from '../../../../src/trainer/prediction/predict.ts'
import { openTokenizer } from '../../../../src/trainer/text/open-tokenizer.ts'
import { temporaryFolder } from '../../../run/sample.ts'
import { STATIC, STATIC_FOLDER, sampleFile, trained } from '../../training/small-run.ts'

const USED = ['the bank said prices rose', 'a warm , funny film']
const OTHERS = ['unbelievable chrysanthemums', 'THE BANK', 'x9 qzv', '']

test('a trimmed tokenizer reads known texts by the same tokens, and makes no other word unknown', (t) => {
  const folder = temporaryFolder(t)
  cpSync(STATIC_FOLDER, folder, { recursive: true })
  const before = openTokenizer(STATIC_FOLDER)
  const ids = (text: string): number[] => [...before.encode(text, 1000).ids]
  const { tokenizer, kept } = trimTokenizer(
    JSON.parse(readFileSync(join(STATIC_FOLDER, 'tokenizer.json'), 'utf8')),
    new Set(USED.flatMap(ids)),
  )
  writeFileSync(join(folder, 'tokenizer.json'), JSON.stringify(tokenizer))
  const after = openTokenizer(folder)
  assert.ok(kept.length < 1500, `${kept.length}`)
  for (const text of USED)
    assert.deepEqual(
      [...after.encode(text, 1000).ids].map((id) => kept[id]),
      ids(text),
    )
  for (const text of OTHERS) {
    const read = [...after.encode(text, 1000).ids]
    assert.equal(read.includes(after.unknownId ?? -1), ids(text).includes(before.unknownId ?? -1), text)
    assert.equal(kept[read[0] ?? -1], ids('')[0])
  }
  assert.equal(kept[after.padId], before.padId)
})

test('a vocabulary of another kind is refused in a line', () => {
  const file = fileURLToPath(new URL('../../../fixtures/tokenizer/bpe/tokenizer.json', import.meta.url))
  assert.throws(
    () => trimTokenizer(JSON.parse(readFileSync(file, 'utf8')), new Set()),
    (error) => error instanceof UserError && /is BPE; only WordPiece/.test(error.message),
  )
})

test('a trimmed model answers known texts as before and is smaller', async (t) => {
  const { run } = await trained(sampleFile(t, 80), { model: STATIC, max_length: 64 })
  const folder = join(temporaryFolder(t), 'trimmed')
  cpSync(join(run, 'model'), folder, { recursive: true })
  const texts = (await readPredictions(run)).map(({ text }) => text)
  trimFolder(folder, texts)
  const size = (of: string): number => statSync(join(of, fileOf('fp32'))).size
  assert.ok(size(folder) < 0.3 * size(join(run, 'model')))
  const answers = async (of: string): Promise<Float64Array> => {
    const predictor = await openPredictor(of)
    const probabilities = await predictor.predict(texts)
    await predictor.close()
    return probabilities
  }
  assert.deepEqual(await answers(folder), await answers(join(run, 'model')))
})
