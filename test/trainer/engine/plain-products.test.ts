import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { GraphBuilder } from '../../../src/trainer/autodiff/builder.ts'
import type { StaticGraph } from '../../../src/trainer/autodiff/static-graph.ts'
import { withPlainProducts } from '../../../src/trainer/engine/plain-products.ts'
import { floatOutput, openSession, type Runtime } from '../../../src/trainer/engine/runtime.ts'
import { toModel } from '../../../src/trainer/engine/specialise.ts'
import { elements, type Tensor } from '../../../src/trainer/engine/tensor.ts'

const runtime: Runtime = { device: 'cpu', threads: 1 }

const tensor = (dims: readonly number[]): Tensor => ({
  type: 'float32',
  dims,
  data: Float32Array.from({ length: elements(dims) }, (_, i) => Math.sin(1 + i * 1.7)),
})

const evaluate = async (graph: StaticGraph, feeds: Readonly<Record<string, Tensor>>) => {
  const session = await openSession(runtime, toModel(graph, new Map([['', 18]])))
  const [name = ''] = graph.outputs
  const result = floatOutput(await session.run(feeds, graph.outputs), name)
  await session.release()
  return result
}

const size = fc.integer({ min: 1, max: 4 })

test('a fused product and its plain form give the same, by any ranks, transpositions and factor', () =>
  fc.assert(
    fc.asyncProperty(
      fc.record({
        rows: size,
        inner: size,
        columns: size,
        batchA: fc.array(size, { maxLength: 2 }),
        batchB: fc.constantFrom<'none' | 'one' | 'same'>('none', 'one', 'same'),
        transA: fc.boolean(),
        transB: fc.boolean(),
        alpha: fc.constantFrom(1, 0.125, -3),
      }),
      async ({ rows, inner, columns, batchA, batchB, transA, transB, alpha }) => {
        const lead = batchB === 'none' ? [] : batchA.map((n) => (batchB === 'one' ? 1 : n))
        const a = tensor([...batchA, ...(transA ? [inner, rows] : [rows, inner])])
        const b = tensor([...lead, ...(transB ? [columns, inner] : [inner, columns])])
        const builder = new GraphBuilder({
          nodes: [],
          values: new Map(),
          constants: new Map(),
          inputs: [],
          outputs: [],
        })
        builder.input('a', 'float32', a.dims)
        builder.input('b', 'float32', b.dims)
        const y = builder.matmul('a', 'b', { transA, transB, alpha })
        const fused = builder.graph([y])
        const plain = withPlainProducts(fused)
        assert.ok(plain.nodes.every(({ op }) => op !== 'FusedMatMul'))
        for (const { outputs } of plain.nodes)
          for (const name of outputs) assert.ok(plain.values.has(name), name)
        const expected = await evaluate(fused, { a, b })
        const got = await evaluate(plain, { a, b })
        assert.equal(got.length, expected.length)
        for (const [i, value] of got.entries())
          assert.ok(Math.abs(value - (expected[i] ?? Number.NaN)) < 1e-5)
      },
    ),
    { seed: 20261121, numRuns: 100 },
  ))
