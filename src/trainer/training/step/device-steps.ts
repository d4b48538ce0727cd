import { freeAll, openDeviceMemory } from '../../engine/device-memory.ts'
import {
  type Feeds,
  floatOutput,
  type KeepingSession,
  openKeepingSession,
  type Resident,
} from '../../engine/runtime.ts'
import type { Tensor } from '../../engine/tensor.ts'
import { weightOf } from '../../engine/weights.ts'
import { LOSS } from '../../tasks/head.ts'
import { batchGradientsAt } from './batch-gradient.ts'
import { withinMemory } from './micro-batch.ts'
import { meanShare } from './running-mean.ts'
import { type Program, type Trainables, trainingGraph } from './step.ts'
import { type Loop, type Steps, tensorUpdate } from './steps.ts'
import {
  type Changed,
  inputName,
  meanGraph,
  meanNumbers,
  stepNumbers,
  sumGraph,
  type UpdateGraph,
  updateGraph,
} from './update-graph.ts'

interface DeviceGradients {
  readonly loss: number
  /** By the name of the weight. */
  readonly gradients: ReadonlyMap<string, Resident>
}

/** A graph from tensors on the device to what they are next, compiled. */
interface Change {
  /** The next ones by the name of the input that they replace, which is freed; and the other outputs asked for. */
  run(
    state: ReadonlyMap<string, Resident>,
    numbers: Feeds,
    outputs: readonly string[],
  ): Promise<{
    readonly next: ReadonlyMap<string, Resident>
    readonly tensors: Readonly<Record<string, Tensor>>
  }>
  release(): Promise<void>
}

/**
 * Steps whose weights, gradients, moments and mean stay on the device. Host and device exchange a batch, a few
 * numbers of the optimiser, the loss and the norm of the gradient; the rest comes back when `settle` asks for it.
 */
export const deviceSteps = async (loop: Loop, buckets: readonly number[]): Promise<Steps> => {
  const { runtime, model, trainables, options } = loop
  const memory = await openDeviceMemory(runtime)
  const changed = (names: Iterable<string>): readonly Changed[] =>
    [...names].map((name) => ({ name, dims: model.weights.get(name)?.dims ?? [] }))
  const put = (name: string, data: Float32Array): Promise<Resident> =>
    memory.put({ type: 'float32', dims: model.weights.get(name)?.dims ?? [], data })

  /** By the names that they have as inputs of the changing graphs. */
  const state = new Map<string, Resident>()
  /** What is not trained. */
  const frozen = new Map<string, Resident>()
  /** Gradients that nobody freed yet: where a session fails, `release` does. */
  const loose = new Set<Resident>()
  const freeLoose = (residents: Iterable<Resident>): void => {
    const own = [...residents]
    for (const resident of own) loose.delete(resident)
    freeAll(own)
  }
  const weight = (name: string): Resident => {
    const found = state.get(inputName('weight', name)) ?? frozen.get(name)
    if (!found) throw new Error(`no weight ${name} on the device`)
    return found
  }
  for (const [name, tensor] of model.weights)
    if (!trainables.dense.includes(name)) frozen.set(name, await memory.put(tensor))
  for (const name of trainables.dense) {
    state.set(inputName('weight', name), await put(name, weightOf(model, name)))
    const moments = loop.moments.get(name)
    if (moments) state.set(inputName('first', name), await put(name, moments.first))
    if (moments && moments.second.length > 0)
      state.set(inputName('second', name), await put(name, moments.second))
    const mean = loop.mean?.get(name)
    if (mean) state.set(inputName('mean', name), await put(name, mean))
  }

  /** Compiled for the tensors that are trained at present; made anew when more of them join. */
  let compiled: { readonly names: string; readonly update: UpdateGraph; readonly change: Change } | null =
    null
  let sum: { readonly names: string; readonly change: Change } | null = null
  const average = loop.mean ? await openChange(runtime, meanGraph(changed(loop.mean.keys()))) : null

  const compile = async (
    feeds: Readonly<Record<string, Tensor>>,
    trained: Trainables,
  ): Promise<Program<DeviceGradients>> => {
    const graph = await trainingGraph(runtime, model, feeds, trained, loop.segments)
    const gradients = [...graph.dense].filter(([name]) => trained.dense.includes(name))
    const values = [...new Set(gradients.map(([, value]) => value))]
    const session = await openKeepingSession(runtime, graph.model, values)
    return {
      run: async (batch) => {
        const weights = Object.fromEntries(graph.weights.map((name) => [name, weight(name)]))
        const { tensors, kept } = await session.run({ ...weights, ...batch }, [LOSS, ...values])
        for (const resident of kept.values()) loose.add(resident)
        return {
          loss: floatOutput(tensors, LOSS)[0] ?? Number.NaN,
          gradients: new Map(gradients.flatMap(([name, value]) => entry(name, kept.get(value)))),
        }
      },
      release: () => session.release(),
    }
  }

  const added = async (a: DeviceGradients, b: DeviceGradients): Promise<DeviceGradients> => {
    const names = [...a.gradients.keys()]
    if (sum?.names !== names.join('\n')) {
      await sum?.change.release()
      sum = { names: names.join('\n'), change: await openChange(runtime, sumGraph(changed(names))) }
    }
    const { next } = await sum.change.run(
      renamed(a.gradients, 'gradient'),
      Object.fromEntries(renamed(b.gradients, 'more')),
      [],
    )
    for (const resident of a.gradients.values()) loose.delete(resident)
    for (const resident of next.values()) loose.add(resident)
    freeLoose(b.gradients.values())
    return {
      loss: a.loss + b.loss,
      gradients: new Map(names.flatMap((name) => entry(name, next.get(inputName('gradient', name))))),
    }
  }

  const gradients = batchGradientsAt(loop, buckets, { compile, added })

  /** One step of the optimiser; returns the gradient's norm before clipping. */
  const update = async (of: ReadonlyMap<string, Resident>, lr: number, step: number): Promise<number> => {
    const names = [...of.keys()]
    if (compiled?.names !== names.join('\n')) {
      await compiled?.change.release()
      const graph = updateGraph(changed(names), (name) => tensorUpdate(loop, name, 1, step), options.clip)
      compiled = { names: names.join('\n'), update: graph, change: await openChange(runtime, graph) }
    }
    const { update: graph, change } = compiled
    const replaced = new Map([...graph.next.keys()].flatMap((name) => entry(name, state.get(name))))
    const { next, tensors } = await change.run(
      replaced,
      {
        ...Object.fromEntries(renamed(of, 'gradient')),
        ...stepNumbers(graph, (name) => tensorUpdate(loop, name, lr, step)),
      },
      [graph.norm],
    )
    for (const [name, resident] of next) state.set(name, resident)
    freeLoose(of.values())
    return floatOutput(tensors, graph.norm)[0] ?? Number.NaN
  }

  const moveMean = async (share: number): Promise<void> => {
    if (!average || !loop.mean) return
    const names = [...loop.mean.keys()]
    const means = new Map(names.flatMap((name) => entry(name, state.get(inputName('mean', name)))))
    const weights = Object.fromEntries(names.map((name) => [inputName('weight', name), weight(name)]))
    const { next } = await average.run(renamed(means, 'mean'), { ...weights, ...meanNumbers(share) }, [])
    for (const [name, resident] of next) state.set(name, resident)
  }

  return {
    take: async (batch, lr, step, asked) => {
      const { result, parts } = await withinMemory(gradients, batch, step, asked)
      const { loss, gradients: of } = result
      const gradientNorm = await update(of, lr, step)
      const share = meanShare(step + 1, options.average)
      if (share !== null) await moveMean(share)
      return { loss, gradientNorm, parts }
    },
    bytesOf: gradients.bytesOf,
    settle: async () => {
      for (const name of trainables.dense) {
        const moments = loop.moments.get(name)
        const places = [
          ['weight', weightOf(model, name)],
          ['first', moments?.first],
          ['second', moments?.second],
          ['mean', loop.mean?.get(name)],
        ] as const
        for (const [of, into] of places) {
          const resident = state.get(inputName(of, name))
          if (resident && into) into.set(await memory.read(resident))
        }
      }
    },
    release: async () => {
      // Before the sessions that made them go.
      freeAll([...state.values(), ...frozen.values(), ...loose])
      await gradients.release()
      await compiled?.change.release()
      await sum?.change.release()
      await average?.release()
      await memory.release()
    },
  }
}

const openChange = async (
  runtime: Loop['runtime'],
  { model, next }: Pick<UpdateGraph, 'model' | 'next'>,
): Promise<Change> => {
  const session: KeepingSession = await openKeepingSession(runtime, model, [...next.values()])
  return {
    run: async (state, numbers, outputs) => {
      const feeds = { ...Object.fromEntries(state), ...numbers }
      const { tensors, kept } = await session.run(feeds, [...next.values(), ...outputs])
      freeAll(state.values())
      return { next: new Map([...next].flatMap(([from, to]) => entry(from, kept.get(to)))), tensors }
    },
    release: () => session.release(),
  }
}

const entry = (name: string, resident: Resident | undefined): readonly (readonly [string, Resident])[] => {
  if (!resident) throw new Error(`no ${name} on the device`)
  return [[name, resident]]
}

const renamed = (
  tensors: ReadonlyMap<string, Resident>,
  of: Parameters<typeof inputName>[0],
): ReadonlyMap<string, Resident> =>
  new Map([...tensors].map(([name, resident]) => [inputName(of, name), resident]))
