import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { createRandom } from '../../../src/data/random.ts'
import { solvePositive } from '../../../src/trainer/evaluation/cholesky.ts'
import { type SparseRows, scoreRow } from '../../../src/trainer/evaluation/ngram/regression.ts'
import { trainRidge } from '../../../src/trainer/evaluation/ngram/ridge.ts'
import { trainNgramRidge } from '../../../src/trainer/evaluation/ngram-ridge.ts'
import { headLogits } from '../../../src/trainer/evaluation/probe.ts'
import { trainRidgeProbe } from '../../../src/trainer/evaluation/ridge-probe.ts'
import { oneThread } from '../autodiff/gradients.ts'
import { numberRows } from '../training/numbers-file.ts'

test('what is solved solves the equations, and what is not positive definite is told', () => {
  const value = fc.double({ min: -3, max: 3, noNaN: true })
  fc.assert(
    fc.property(fc.array(value, { minLength: 20, maxLength: 20 }), (values) => {
      const size = 4
      const m = (i: number, j: number): number => values[i * size + j] ?? 0
      const a = Float64Array.from({ length: size * size }, (_, at) => {
        const [i, j] = [Math.floor(at / size), at % size]
        const product = [0, 1, 2, 3].reduce((sum, k) => sum + m(i, k) * m(j, k), 0)
        return product + (i === j ? 1 : 0)
      })
      const b = Float64Array.from(values.slice(16))
      const x = solvePositive(a.slice(), b)
      assert.ok(x)
      for (let i = 0; i < size; i++) {
        const sum = x.reduce((total, xk, k) => total + (a[i * size + k] ?? 0) * xk, 0)
        assert.ok(Math.abs(sum - (b[i] ?? 0)) < 1e-9)
      }
    }),
    { seed: 11, numRuns: 100 },
  )
  assert.equal(solvePositive(Float64Array.of(1, 2, 2, 1), Float64Array.of(1, 1)), null)
})

test('the dual ascent ends at the ridge solution', async () => {
  const random = createRandom(3, 'rows')
  const [rows, width] = [40, 6]
  const x = Float64Array.from({ length: rows * width }, () => random.next() - 0.5)
  const y = Float64Array.from({ length: rows }, () => random.next() * 4 - 2)
  const C = 3
  const data: SparseRows = {
    features: width,
    load(row, into) {
      into.ids = Int32Array.from({ length: width }, (_, i) => i)
      into.values = x.slice(row * width, (row + 1) * width)
      into.size = width
    },
  }
  const found = await trainRidge(
    data,
    Array.from(y, (_, i) => i),
    y,
    { C, seed: 1 },
  )
  const gram = new Float64Array(width * width)
  const product = new Float64Array(width)
  for (let i = 0; i < rows; i++)
    for (let a = 0; a < width; a++) {
      product[a] = (product[a] ?? 0) + C * (x[i * width + a] ?? 0) * (y[i] ?? 0)
      for (let b = 0; b < width; b++)
        gram[a * width + b] =
          (gram[a * width + b] ?? 0) + C * (x[i * width + a] ?? 0) * (x[i * width + b] ?? 0)
    }
  for (let a = 0; a < width; a++) gram[a * width + a] = (gram[a * width + a] ?? 0) + 1
  const wanted = solvePositive(gram, product)
  assert.ok(wanted)
  const row = { size: 0, ids: new Int32Array(0), values: new Float64Array(0) }
  const score = new Float64Array(1)
  for (let i = 0; i < rows; i++) {
    data.load(i, row)
    scoreRow(found, 1, row, score)
    const exact = wanted.reduce((sum, w, k) => sum + w * (x[i * width + k] ?? 0), 0)
    assert.ok(Math.abs((score[0] ?? 0) - exact) < 0.02, `${score[0]} ${exact}`)
  }
})

test('the probe finds a linear map, and its offset', async () => {
  const random = createRandom(5, 'features')
  const [rows, width] = [300, 8]
  const features = Float32Array.from({ length: rows * width }, () => random.next())
  const targets = Float64Array.from({ length: rows }, (_, row) =>
    features.subarray(row * width, (row + 1) * width).reduce((sum, value, k) => sum + value * (k - 3), -2),
  )
  const part = { features, targets }
  const { best } = await trainRidgeProbe(oneThread, part, part, async () => undefined)
  for (const [row, value] of headLogits(best, features).entries())
    assert.ok(Math.abs(value - (targets[row] ?? 0)) < 0.02)
})

test('words that add to a number are learnt from n-grams, the same for the same seed', async () => {
  const lines = numberRows(120).trim().split('\n').slice(1)
  const texts = lines.map((line) => line.split(',')[0] ?? '')
  const targets = Float64Array.from(lines, (line) => (Number(line.split(',')[1]) - 50) / 11)
  const train = async () => trainNgramRidge(texts.slice(0, 90), targets.slice(0, 90), 4)
  const values = (await train()).values(texts.slice(90))
  const error = (answers: ArrayLike<number>): number =>
    Array.from(answers).reduce((sum, value, i) => sum + (value - (targets[90 + i] ?? 0)) ** 2, 0)
  assert.ok(error(values) < 0.3 * error(new Float64Array(30)))
  assert.deepEqual((await train()).values(texts.slice(90)), values)
})
