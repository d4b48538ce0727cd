import { mock, type TestContext } from 'node:test'
import * as ort from 'onnxruntime-node'

type Options = ort.InferenceSession.SessionOptions

interface Seen {
  /** How many sessions were opened for the device, and executed on it, so far. */
  readonly opened: number
  readonly executed: number
  /** Bytes of tensors that came from the host, or went there. */
  readonly crossed: number
}

/**
 * Has the processor execute what is meant for WebGPU, until the test ends: what the code around a device does is
 * then seen on any machine.
 *
 * @param fails is asked before every execution whether the device is lost now
 */
export const deviceOnProcessor = (t: TestContext, fails: (executed: number) => boolean = () => false): Seen =>
  watched(t, fails, ({ preferredOutputLocation: _, ...options }) => ({
    ...options,
    executionProviders: ['cpu'],
  }))

/** Loses the WebGPU device of this machine before the execution of which `fails` says so. */
export const losingDevice = (t: TestContext, fails: (executed: number) => boolean): Seen =>
  watched(t, fails, (options) => options)

function watched(
  t: TestContext,
  fails: (executed: number) => boolean,
  opened: (options: Options) => Options,
): Seen {
  const { create } = ort.InferenceSession
  const seen = { opened: 0, executed: 0, crossed: 0 }
  /** What a session left on the device. */
  const there = new WeakSet<object>()
  const replaced = mock.method(
    ort.InferenceSession,
    'create',
    async (bytes: Uint8Array, options: Options) => {
      if (!options.executionProviders?.includes('webgpu'))
        return create.call(ort.InferenceSession, bytes, options)
      const session = await create.call(ort.InferenceSession, bytes, opened(options))
      seen.opened++
      const run = session.run.bind(session)
      session.run = async (feeds: ort.InferenceSession.FeedsType, outputs?: unknown) => {
        if (fails(seen.executed++)) throw new Error('A check was false. the device was lost\nand more')
        const results = Array.isArray(outputs) ? await run(feeds, outputs) : await run(feeds)
        for (const tensor of Object.values(feeds)) if (!there.has(tensor)) seen.crossed += bytesOf(tensor)
        for (const [name, tensor] of Object.entries(results))
          if (isKept(options, name)) there.add(tensor)
          else seen.crossed += bytesOf(tensor)
        return results
      }
      return session
    },
  )
  t.after(() => replaced.mock.restore())
  return seen
}

const bytesOf = ({ data }: ort.Tensor): number => (ArrayBuffer.isView(data) ? data.byteLength : 0)

const isKept = ({ preferredOutputLocation: location }: Options, name: string): boolean =>
  typeof location === 'object' && location[name] === 'gpu-buffer'
