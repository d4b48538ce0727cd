import { mock, type TestContext } from 'node:test'
import * as ort from 'onnxruntime-node'

/**
 * Has the processor execute what is meant for WebGPU, until the test ends: what the code around a device does is
 * then seen on any machine.
 *
 * @param fails is asked before every execution whether the device is lost now
 * @returns how many sessions were opened for the device, and executed on it, so far
 */
export function deviceOnProcessor(
  t: TestContext,
  fails: (executed: number) => boolean = () => false,
): { readonly opened: number; readonly executed: number } {
  const { create } = ort.InferenceSession
  const seen = { opened: 0, executed: 0 }
  const replaced = mock.method(
    ort.InferenceSession,
    'create',
    async (bytes: Uint8Array, options: ort.InferenceSession.SessionOptions) => {
      if (!options.executionProviders?.includes('webgpu'))
        return create.call(ort.InferenceSession, bytes, options)
      const { preferredOutputLocation: _, ...others } = options
      const session = await create.call(ort.InferenceSession, bytes, {
        ...others,
        executionProviders: ['cpu'],
      })
      seen.opened++
      const run = session.run.bind(session)
      session.run = async (feeds: ort.InferenceSession.FeedsType, outputs?: unknown) => {
        if (fails(seen.executed++)) throw new Error('A check was false. the device was lost\nand more')
        return Array.isArray(outputs) ? run(feeds, outputs) : run(feeds)
      }
      return session
    },
  )
  t.after(() => replaced.mock.restore())
  return seen
}
