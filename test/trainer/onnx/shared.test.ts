import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { test } from 'node:test'
import { isDeepStrictEqual } from 'node:util'
import { readModel } from '../../../src/trainer/onnx/read.ts'
import { upgrade } from '../../../src/trainer/onnx/upgrade.ts'
import { writeModel } from '../../../src/trainer/onnx/write.ts'
import { needsShared, shared } from '../../shared.ts'
import { sharedModels } from './models.ts'
import { assertSameOutputs, feedsOf, runBytes } from './run.ts'

test('real models survive reading, writing and raising', { skip: needsShared }, async (t) => {
  for (const path of sharedModels)
    await t.test(path, async () => {
      const bytes = readFileSync(shared(path))
      const model = readModel(bytes, dirname(shared(path)), path)
      const written = writeModel(model)
      // Not deepEqual: its report of a difference would hold every weight.
      assert.ok(isDeepStrictEqual(readModel(written, null, path), model), 'reads as it was written')
      assert.ok(Buffer.from(writeModel(model)).equals(written), 'equal models, equal bytes')
      assert.throws(() => readModel(bytes.subarray(0, bytes.length / 2), null, path), {
        name: 'UserError',
        message: /is not a complete ONNX file: .*; download it again$/,
      })
      const feeds = feedsOf(model)
      const expected = await runBytes(bytes, feeds)
      assertSameOutputs(await runBytes(written, feeds), expected, 'as written')
      assertSameOutputs(await runBytes(writeModel(upgrade(model)), feeds), expected, 'as raised')
    })
})
