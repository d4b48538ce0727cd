import { existsSync } from 'node:fs'
import type { Disposable, Event } from 'vscode'
import { Emitter } from '../event.ts'
import { followRun } from './follow-run.ts'
import { advanced, type LiveProgress, type RunItem } from './run-item.ts'
import { RunScanner, type ScannedRun } from './scan-runs.ts'
import { gathered, watchFolder } from './watch-folder.ts'

export type { RunItem } from './run-item.ts'

const SOON_MS = 150
/** While somebody looks, or something trains. */
const POLL_MS = 2000
/** Behind the watchers, which see no change below a run's folder. */
const SLOW_POLL_MS = 10_000

/**
 * The runs of the workspace and of the extension's storage, as they are on disk. Watches and polls where there is a
 * folder of runs or the view is shown, and nothing else.
 */
export class RunStore implements Disposable {
  readonly onDidChange: Event<void>
  private readonly changed = new Emitter<void>()
  private readonly roots: () => readonly string[]
  private readonly scanner = new RunScanner()
  private readonly soon = gathered(() => this.look(), SOON_MS)
  private readonly watchers = new Map<string, Disposable>()
  private readonly followers = new Map<string, Disposable>()
  private readonly live = new Map<string, LiveProgress>()
  private poll: NodeJS.Timeout | null = null
  private items: readonly RunItem[] = []
  private isVisible = false
  private isDisposed = false

  /** @param roots the folders of runs, whether they are there or not; asked again at each look */
  constructor(roots: () => readonly string[]) {
    this.roots = roots
    this.onDidChange = this.changed.event
  }

  /** The oldest first in each folder. */
  get runs(): readonly RunItem[] {
    return this.items
  }

  /** Watchers, timers and listeners that are open: for tests. */
  get open(): number {
    return (
      this.watchers.size + this.followers.size + (this.poll === null ? 0 : 1) + this.changed.listenerCount
    )
  }

  /** Looks now: what the extension itself has changed is shown at once. */
  refresh(): Promise<void> {
    return this.soon.now()
  }

  setVisible(isVisible: boolean): void {
    if (this.isVisible === isVisible) return
    this.isVisible = isVisible
    if (isVisible) void this.refresh()
    else this.arrange()
  }

  dispose(): void {
    this.isDisposed = true
    this.soon.dispose()
    if (this.poll !== null) clearTimeout(this.poll)
    this.poll = null
    for (const one of [...this.watchers.values(), ...this.followers.values()]) one.dispose()
    this.watchers.clear()
    this.followers.clear()
    this.changed.dispose()
  }

  private async look(): Promise<void> {
    const scanned = await this.scanner.scan(this.roots())
    if (this.isDisposed) return
    this.follow(scanned.filter(({ alive }) => alive).map(({ path }) => path))
    this.arrange()
    this.show(scanned)
  }

  private show(scanned: readonly ScannedRun[]): void {
    const items = scanned.map((run) => ({
      ...run,
      live: run.alive ? (this.live.get(run.path) ?? null) : null,
    }))
    const isSame =
      items.length === this.items.length &&
      items.every((item, i) => {
        const before = this.items[i]
        return (
          before?.path === item.path &&
          before.record === item.record &&
          before.alive === item.alive &&
          before.problem === item.problem &&
          before.live === item.live
        )
      })
    if (isSame) return
    this.items = items
    this.changed.fire()
  }

  /** Follows those that are alive, and them alone. */
  private follow(alive: readonly string[]): void {
    for (const [path, follower] of this.followers)
      if (!alive.includes(path)) {
        follower.dispose()
        this.followers.delete(path)
        this.live.delete(path)
      }
    for (const path of alive) {
      if (this.followers.has(path)) continue
      const follower = followRun(path, ({ events, alive, isAnew }) => {
        this.live.set(path, advanced(isAnew ? null : (this.live.get(path) ?? null), events))
        if (alive) this.soon.call()
        else void this.refresh()
      })
      this.followers.set(path, follower)
    }
  }

  /** Watches the folders that are there, and sets the next look. */
  private arrange(): void {
    const roots = new Set(this.roots().filter((root) => existsSync(root)))
    for (const [root, watcher] of this.watchers)
      if (!roots.has(root)) {
        watcher.dispose()
        this.watchers.delete(root)
      }
    for (const root of roots)
      if (!this.watchers.has(root)) this.watchers.set(root, watchFolder(root, this.soon.call))
    if (this.poll !== null) clearTimeout(this.poll)
    this.poll = null
    const wait = this.isVisible || this.followers.size > 0 ? POLL_MS : roots.size > 0 ? SLOW_POLL_MS : null
    if (wait !== null) this.poll = setTimeout(() => void this.refresh(), wait)
  }
}
