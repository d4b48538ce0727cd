import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { rateShare, warmupSteps } from '../../../../src/trainer/training/step/schedule.ts'
import { pytorch } from '../pytorch.ts'

test('schedules are those of PyTorch', () => {
  for (const { schedule, warmup, steps, shares } of pytorch.schedules)
    for (const [step, share] of shares) {
      const own = rateShare(schedule, step, warmup, steps)
      assert.ok(
        Math.abs(own - share) < 1e-9,
        `${schedule}, step ${step} of ${steps}, ${warmup} to warm up: ${own}, PyTorch ${share}`,
      )
    }
})

test('after the warm-up the rate never rises, and it ends at 0 unless it is constant', () => {
  fc.assert(
    fc.property(
      fc.constantFrom('linear', 'cosine', 'constant'),
      fc.integer({ min: 1, max: 200 }),
      fc.double({ min: 0, max: 300, noNaN: true }),
      (schedule, steps, asked) => {
        const warmup = warmupSteps(asked, steps)
        const share = (step: number): number => rateShare(schedule, step, warmup, steps)
        for (let step = warmup; step < steps; step++)
          assert.ok(share(step) >= share(step + 1) && share(step) > 0 && share(step) <= 1)
        if (warmup > 0) assert.equal(share(warmup - 1), 1)
        assert.equal(share(steps), schedule === 'constant' ? 1 : 0)
      },
    ),
    { seed: 5 },
  )
})

test('a warm-up may be a number of steps, as the classic 500, or a share of all', () => {
  assert.equal(warmupSteps(500, 2000), 500)
  assert.equal(rateShare('linear', 0, 500, 2000), 1 / 500)
  assert.equal(rateShare('linear', 499, 500, 2000), 1)
  assert.equal(rateShare('linear', 1250, 500, 2000), 0.5)
  assert.equal(warmupSteps(500, 120), 120, 'a shorter training is all warm-up')
  assert.equal(warmupSteps(0.06, 1000), 60)
})
