import assert from 'node:assert/strict'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ModelText } from '../../../src/data/model-text.ts'
import { LruCache } from '../../../src/extension/classify/lru-cache.ts'
import { Predictions } from '../../../src/extension/classify/predictions.ts'
import type { Predicted } from '../../../src/extension/classify/server-process.ts'
import { temporaryFolder } from '../../run/sample.ts'

/** A model's folder, and a server that says of each text whether it is long. */
function set(t: TestContext, remembered?: number) {
  const model = join(temporaryFolder(t), 'model')
  const write = (text: string) => {
    mkdirSync(join(model, 'onnx'), { recursive: true })
    writeFileSync(join(model, 'onnx', 'model.onnx'), text)
  }
  write('first')
  const asked: ModelText[][] = []
  const server = {
    predict: async (_: string, texts: readonly ModelText[]): Promise<Predicted> => {
      asked.push([...texts])
      return {
        reply: 'predicted',
        id: asked.length,
        answers: { task: 'classify', labels: ['short', 'long'], pair: null, unsure: null },
        rows: texts.map((text) => (text.length > 5 ? [0.1, 0.9] : [0.75, 0.25])),
      }
    },
  }
  return { model, write, asked, predictions: new Predictions(server, remembered) }
}

describe('predictions', () => {
  it('are asked for once a text, and given in the order of the texts', async (t) => {
    const { model, asked, predictions } = set(t)
    const all = await predictions.predict(model, ['a', 'a long one', 'a'])
    assert.deepEqual(
      all.map((one) => one.task === 'classify' && one.ranked),
      [
        [
          { label: 'short', probability: 0.75 },
          { label: 'long', probability: 0.25 },
        ],
        [
          { label: 'long', probability: 0.9 },
          { label: 'short', probability: 0.1 },
        ],
        [
          { label: 'short', probability: 0.75 },
          { label: 'long', probability: 0.25 },
        ],
      ],
    )
    assert.deepEqual(await predictions.predict(model, ['a long one', 'b']), [all[1], all[0]])
    assert.deepEqual(asked, [['a', 'a long one'], ['b']])
  })

  it('are forgotten when there are too many, the oldest first', async (t) => {
    const { model, asked, predictions } = set(t, 2)
    await predictions.predict(model, ['a'])
    await predictions.predict(model, ['b'])
    await predictions.predict(model, ['a'])
    await predictions.predict(model, ['c'])
    await predictions.predict(model, ['a'])
    await predictions.predict(model, ['b'])
    assert.deepEqual(asked, [['a'], ['b'], ['c'], ['b']])
  })

  it('are right where more texts are asked for than are remembered', async (t) => {
    const { model, predictions } = set(t, 2)
    const texts = Array.from({ length: 3000 }, (_, i) => `text ${i}`)
    assert.equal((await predictions.predict(model, texts)).length, 3000)
  })

  it('are asked for anew when the model is another, and refused when it is gone', async (t) => {
    const { model, write, asked, predictions } = set(t)
    await predictions.predict(model, ['a'])
    write('another')
    await sleep(300)
    await predictions.predict(model, ['a'])
    assert.equal(asked.length, 2)
    rmSync(model, { recursive: true })
    await sleep(300)
    await assert.rejects(predictions.predict(model, ['a']), { name: 'UserError' })
  })
})

describe('a cache', () => {
  it('keeps what was used last', () => {
    const cache = new LruCache<number>(2)
    cache.set('a', 1)
    cache.set('b', 2)
    cache.get('a')
    cache.set('c', 3)
    assert.deepEqual([cache.get('a'), cache.get('b'), cache.get('c'), cache.size], [1, undefined, 3, 2])
  })
})
