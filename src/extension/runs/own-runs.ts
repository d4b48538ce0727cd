import { existsSync, realpathSync } from 'node:fs'
import type { Server } from 'node:net'
import * as v from 'valibot'
import type * as vscode from 'vscode'
import { holdSocket, socketPath } from '../../run/socket.ts'

const KEY = 'finesse.startedRuns'

/**
 * The runs that were started from this workspace and may still be alive. One window at a time answers for each: it
 * holds a socket by the run's name, which dies with it, so that another window on the same workspace, or the same
 * one with a new extension host, can take the run over then and not before.
 */
export class OwnRuns implements vscode.Disposable {
  private readonly memento: vscode.Memento
  private readonly held = new Map<string, Server>()

  constructor(memento: vscode.Memento) {
    this.memento = memento
  }

  get paths(): readonly string[] {
    const kept = v.safeParse(v.array(v.string()), this.memento.get<unknown>(KEY))
    return kept.success ? kept.output.filter((path) => existsSync(path)) : []
  }

  /** Those that this window answers for; takes over those that no window does. */
  async claimed(): Promise<readonly string[]> {
    await Promise.all(this.paths.map((path) => this.claim(path)))
    return [...this.held.keys()].filter((path) => existsSync(path))
  }

  async add(path: string): Promise<void> {
    await this.memento.update(KEY, [...new Set([...this.paths, path])])
    await this.claim(path)
  }

  async remove(path: string): Promise<void> {
    this.held.get(path)?.close()
    this.held.delete(path)
    if (this.paths.includes(path))
      await this.memento.update(
        KEY,
        this.paths.filter((one) => one !== path),
      )
  }

  dispose(): void {
    for (const server of this.held.values()) server.close()
    this.held.clear()
  }

  private async claim(path: string): Promise<void> {
    if (this.held.has(path)) return
    const name = socketPath(`the window of ${realpathSync.native(path)}`)
    const server = await holdSocket(name, (socket) => socket.destroy())
    if (server === null) return
    // It may have ended meanwhile.
    if (this.paths.includes(path)) this.held.set(path, server)
    else server.close()
  }
}
