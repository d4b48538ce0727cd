import * as v from 'valibot'

/** Calls with each message of the extension; what is none is left alone. */
export function listenTo<T>(messages: v.GenericSchema<unknown, T>, take: (message: T) => void): void {
  addEventListener('message', ({ data }: MessageEvent<unknown>) => {
    const message = v.safeParse(messages, data)
    if (message.success) take(message.output)
    else console.error('not a message of the extension', data, message.issues)
  })
}
