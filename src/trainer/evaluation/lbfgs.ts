/** A value and its gradient at a point. */
export type Objective = (point: Float64Array) => Promise<{ value: number; gradient: Float64Array }>

const HISTORY = 10

/**
 * Minimises a smooth function: L-BFGS with a backtracking line search (Nocedal and Wright, Numerical
 * Optimization, algorithms 7.4 and 3.1).
 *
 * @param tolerance ends where the largest element of the gradient is below it
 * @param tick is called after every iteration; what it throws ends the work
 */
export const minimise = async (
  objective: Objective,
  start: Float64Array,
  iterations: number,
  tolerance: number,
  tick: () => Promise<void>,
): Promise<Float64Array> => {
  let point = start
  let { value, gradient } = await objective(point)
  const steps: { s: Float64Array; y: Float64Array; rho: number }[] = []
  for (let iteration = 0; iteration < iterations; iteration++) {
    if (gradient.every((g) => Math.abs(g) < tolerance)) break
    const direction = descent(gradient, steps)
    let slope = dot(direction, gradient)
    if (!(slope < 0)) {
      steps.length = 0
      for (let i = 0; i < direction.length; i++) direction[i] = -(gradient[i] ?? 0)
      slope = dot(direction, gradient)
    }
    let rate = steps.length === 0 ? 1 / Math.max(1, Math.sqrt(-slope)) : 1
    let next = { point, value, gradient }
    for (let attempt = 0; ; attempt++) {
      const candidate = point.map((x, i) => x + rate * (direction[i] ?? 0))
      const found = await objective(candidate)
      if (found.value <= value + 1e-4 * rate * slope) {
        next = { point: candidate, ...found }
        break
      }
      // Rounding in float32 ends the descent before the gradient says so.
      if (attempt === 12) return point
      rate /= 2
    }
    const s = next.point.map((x, i) => x - (point[i] ?? 0))
    const y = next.gradient.map((g, i) => g - (gradient[i] ?? 0))
    const curvature = dot(s, y)
    if (curvature > 1e-12) {
      steps.push({ s, y, rho: 1 / curvature })
      if (steps.length > HISTORY) steps.shift()
    }
    ;({ point, value, gradient } = next)
    await tick()
  }
  return point
}

/** The two-loop recursion: the inverse Hessian of the steps taken, times the negative gradient. */
const descent = (
  gradient: Float64Array,
  steps: readonly { s: Float64Array; y: Float64Array; rho: number }[],
): Float64Array => {
  const q = gradient.slice()
  const alphas: number[] = []
  for (const { s, y, rho } of steps.toReversed()) {
    const alpha = rho * dot(s, q)
    alphas.push(alpha)
    axpy(-alpha, y, q)
  }
  const last = steps.at(-1)
  if (last) {
    const gamma = 1 / (last.rho * dot(last.y, last.y))
    for (let i = 0; i < q.length; i++) q[i] = (q[i] as number) * gamma
  }
  for (const { s, y, rho } of steps) {
    const alpha = alphas.pop() ?? 0
    axpy(alpha - rho * dot(y, q), s, q)
  }
  return q.map((x) => -x)
}

const dot = (a: Float64Array, b: Float64Array): number => {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number)
  return sum
}

const axpy = (factor: number, x: Float64Array, y: Float64Array): void => {
  for (let i = 0; i < y.length; i++) y[i] = (y[i] as number) + factor * (x[i] as number)
}
