import * as v from 'valibot'
import * as vscode from 'vscode'
import { UserError } from '../../shared/error.ts'
import { t } from '../../shared/l10n.ts'
import { ALLOWED, type Allowed } from './context-keys.ts'
import { type RunItem, type RunState, stateOf } from './run-item.ts'
import type { RunStore } from './run-store.ts'
import type { RunTree } from './run-tree.ts'
import { runDescription, stateName } from './run-words.ts'

/** A run as a command is given it: the item of the tree, a run, or its folder. */
const RunArgument = v.union([
  v.pipe(
    v.object({ run: v.object({ path: v.string() }) }),
    v.transform(({ run }) => run.path),
  ),
  v.pipe(
    v.object({ path: v.string() }),
    v.transform(({ path }) => path),
  ),
  v.string(),
])
/** A key of the view speaks of what is selected in it. */
const Selection = v.literal('selection')

export interface RunPicker {
  /** The runs that a command is about; asked for in a list where it was called without. Empty: nothing was chosen. */
  pick(what: Allowed, given: unknown, selected: unknown, title: string): Promise<readonly RunItem[]>
}

export function runPicker(store: RunStore, tree: RunTree): RunPicker {
  const fits = (run: RunItem, what: Allowed): boolean => {
    const states: readonly RunState[] = ALLOWED[what]
    return states.includes(stateOf(run))
  }
  return {
    async pick(what, given, selected, title) {
      const paths = v.is(Selection, given)
        ? tree.view.selection.flatMap((node) => (node.kind === 'run' ? [node.run.path] : []))
        : pathsOf(given, selected)
      if (paths.length === 0) return v.is(Selection, given) ? [] : ask(store.runs, what, title)
      await store.refresh()
      const found = paths.map((path) => {
        const run = store.runs.find((one) => one.path === path)
        if (run === undefined) throw new UserError(t`${path}: there is no such run any more`)
        return run
      })
      const fitting = found.filter((run) => fits(run, what))
      const [other] = found.filter((run) => !fits(run, what))
      if (other !== undefined && fitting.length === 0)
        throw new UserError(
          t`${other.record?.name ?? other.path}: this can't be done now (${stateName(stateOf(other))})`,
        )
      return fitting
    },
  }

  async function ask(runs: readonly RunItem[], what: Allowed, title: string): Promise<readonly RunItem[]> {
    const items = runs
      .filter((run) => fits(run, what))
      .toReversed()
      .map((run) => ({
        label: run.record?.name ?? run.path,
        description: runDescription(run),
        detail: vscode.workspace.asRelativePath(run.path),
        run,
      }))
    if (items.length === 0) throw new UserError(t`There is no run with which this can be done.`)
    const picked = await vscode.window.showQuickPick(items, { title, matchOnDescription: true })
    return picked === undefined ? [] : [picked.run]
  }
}

function pathsOf(given: unknown, selected: unknown): readonly string[] {
  const many = v.safeParse(v.array(RunArgument), selected)
  if (many.success && many.output.length > 0) return many.output
  const one = v.safeParse(RunArgument, given)
  return one.success ? [one.output] : []
}
