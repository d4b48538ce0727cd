import type { Disposable, Event } from 'vscode'

/** An event as VS Code's own, without its module, so that what has one can be tested without an editor. */
export class Emitter<T> implements Disposable {
  private readonly listeners = new Set<(value: T) => unknown>()

  readonly event: Event<T> = (listener, self, disposables) => {
    const bound = (value: T): unknown => listener.call(self, value)
    this.listeners.add(bound)
    const subscription = { dispose: () => void this.listeners.delete(bound) }
    disposables?.push(subscription)
    return subscription
  }

  get listenerCount(): number {
    return this.listeners.size
  }

  /** Calls those that listen now; none that one of them adds, and none that one of them disposes of. */
  fire(value: T): void {
    for (const listener of [...this.listeners]) if (this.listeners.has(listener)) listener(value)
  }

  dispose(): void {
    this.listeners.clear()
  }
}
