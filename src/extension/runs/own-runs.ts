import { existsSync } from 'node:fs'
import * as v from 'valibot'
import type * as vscode from 'vscode'

const KEY = 'finesse.startedRuns'

/** The runs that were started from this workspace and may still be alive. */
export class OwnRuns {
  private readonly memento: vscode.Memento

  constructor(memento: vscode.Memento) {
    this.memento = memento
  }

  get paths(): readonly string[] {
    const kept = v.safeParse(v.array(v.string()), this.memento.get<unknown>(KEY))
    return kept.success ? kept.output.filter((path) => existsSync(path)) : []
  }

  async add(path: string): Promise<void> {
    await this.memento.update(KEY, [...new Set([...this.paths, path])])
  }

  async remove(path: string): Promise<void> {
    if (this.paths.includes(path))
      await this.memento.update(
        KEY,
        this.paths.filter((one) => one !== path),
      )
  }
}
