import assert from 'node:assert/strict'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import * as v from 'valibot'
import { UserError } from '../../../src/shared/error.ts'
import { openTokenizer } from '../../../src/trainer/text/open-tokenizer.ts'
import { needsShared, shared } from '../../shared.ts'

const fixtures = fileURLToPath(new URL('../../fixtures/tokenizer/', import.meta.url))
const Ids = v.record(
  v.string(),
  v.object({ full: v.array(v.array(v.number())), cut: v.array(v.array(v.number())) }),
)
const { texts, ids } = v.parse(
  v.object({ texts: v.array(v.string()), ids: v.object({ small: Ids, shared: Ids }) }),
  JSON.parse(readFileSync(join(fixtures, 'ids.json'), 'utf8')),
)

function equalsPython(name: string, folder: string, python: (typeof ids.small)[string] | undefined): void {
  const tokenizer = openTokenizer(folder)
  texts.forEach((text, i) => {
    const full = tokenizer.encode(text, 100_000)
    assert.deepEqual([...full.ids], python?.full[i], `${name}: ${JSON.stringify(text)}`)
    assert.equal(full.length, full.ids.length)
    const cut = tokenizer.encode(text, 8)
    assert.deepEqual([...cut.ids], python?.cut[i], `${name}, cut: ${JSON.stringify(text)}`)
    assert.equal(cut.length, full.length)
    assert.equal(cut.types.length, cut.ids.length)
  })
}

for (const name of ['bpe', 'unigram', 'wordpiece'])
  test(`${name}: ids equal Python's, whatever padding and truncation are stored`, () =>
    equalsPython(name, join(fixtures, name), ids.small[name]))

test("the shared models: ids equal Python's", { skip: needsShared }, () => {
  for (const name of Object.keys(ids.shared)) equalsPython(name, shared(`models/${name}`), ids.shared[name])
})

test('padding, unknown token and longest text come from the files', () => {
  const bpe = openTokenizer(join(fixtures, 'bpe'))
  assert.deepEqual([bpe.padId, bpe.unknownId, bpe.modelMaxLength], [1, null, null])
  const unigram = openTokenizer(join(fixtures, 'unigram'))
  assert.deepEqual([unigram.padId, unigram.unknownId, unigram.modelMaxLength], [0, 2, 512])
  const wordpiece = openTokenizer(join(fixtures, 'wordpiece'))
  assert.deepEqual([wordpiece.padId, wordpiece.unknownId, wordpiece.modelMaxLength], [0, 1, 64])
})

test('a cut keeps the special tokens and the beginning of the text', () => {
  const tokenizer = openTokenizer(join(fixtures, 'wordpiece'))
  fc.assert(
    fc.property(fc.string({ maxLength: 80 }), fc.integer({ min: 3, max: 60 }), (text, maxLength) => {
      const full = tokenizer.encode(text, 10_000)
      const cut = tokenizer.encode(text, maxLength)
      assert.ok(cut.ids.length <= maxLength)
      assert.equal(cut.length, full.ids.length)
      assert.equal(cut.ids[0], 2)
      assert.equal(cut.ids.at(-1), 3)
      assert.deepEqual(cut.ids.slice(0, -1), full.ids.slice(0, cut.ids.length - 1))
    }),
    { seed: 42 },
  )
})

test('no room for text is a mistake of the caller', () => {
  const tokenizer = openTokenizer(join(fixtures, 'wordpiece'))
  assert.throws(() => tokenizer.encode('a', 2), { name: 'UserError', message: /Set it to 3 or more/ })
})

test('limits and padding from config.json', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'finesse-'))
  t.after(() => rmSync(folder, { recursive: true }))
  cpSync(join(fixtures, 'bpe', 'tokenizer.json'), join(folder, 'tokenizer.json'))
  const write = (config: unknown) => writeFileSync(join(folder, 'config.json'), JSON.stringify(config))
  assert.deepEqual([openTokenizer(folder).padId, openTokenizer(folder).modelMaxLength], [0, null])
  write({ model_type: 'roberta', max_position_embeddings: 514, pad_token_id: 1 })
  assert.deepEqual([openTokenizer(folder).padId, openTokenizer(folder).modelMaxLength], [1, 512])
  write({ model_type: 'gpt2', n_positions: 1024, eos_token_id: 2 })
  assert.deepEqual([openTokenizer(folder).padId, openTokenizer(folder).modelMaxLength], [2, 1024])
  write({ model_type: 't5', n_positions: 512, eos_token_id: [4] })
  assert.deepEqual([openTokenizer(folder).padId, openTokenizer(folder).modelMaxLength], [4, null])
})

test('a missing, broken or unknown tokenizer.json is one line that names it', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'finesse-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const refused = (message: RegExp) =>
    assert.throws(
      () => openTokenizer(folder),
      (error) => error instanceof UserError && message.test(error.message) && !error.message.includes('\n'),
    )
  refused(/holds no tokenizer\.json/)
  const file = join(folder, 'tokenizer.json')
  writeFileSync(file, '{"model": ')
  refused(/tokenizer\.json is not valid JSON/)
  writeFileSync(file, '{"added_tokens": []}')
  refused(/tokenizer\.json is not as expected at model/)
  writeFileSync(file, '{"model": {"type": "WordLevel", "vocab": {"a": 0}}, "normalizer": {"type": "Nmt"}}')
  refused(/tokenizer\.json can't be used .*Nmt/)
})
