import * as vscode from 'vscode'
import { t } from '../../shared/l10n.ts'
import { groupRuns, type RunGroup } from './group-runs.ts'
import { runIcon } from './run-icon.ts'
import { type RunItem, stateOf } from './run-item.ts'
import type { RunStore } from './run-store.ts'
import { tooltipLines } from './run-tooltip.ts'
import { runDescription, stateName } from './run-words.ts'

export interface RunNode {
  readonly kind: 'run'
  readonly run: RunItem
}
export type TreeNode = RunGroup | RunNode

export const VIEW = 'finesse.runs'
/** So that `5 min ago` does not stay while nothing else changes. */
const AGE_MS = 60_000

/** The tree of runs, with what keeps it true: shown by the view of the container Finesse. */
export class RunTree implements vscode.TreeDataProvider<TreeNode>, vscode.Disposable {
  readonly view: vscode.TreeView<TreeNode>
  readonly onDidChangeTreeData: vscode.Event<undefined>
  private readonly changed = new vscode.EventEmitter<undefined>()
  private readonly store: RunStore
  private readonly owned: vscode.Disposable[]
  private ages: NodeJS.Timeout | null = null

  constructor(store: RunStore) {
    this.store = store
    this.onDidChangeTreeData = this.changed.event
    this.view = vscode.window.createTreeView<TreeNode>(VIEW, {
      treeDataProvider: this,
      canSelectMany: true,
      showCollapseAll: true,
    })
    this.owned = [
      this.view,
      this.changed,
      store.onDidChange(() => this.changed.fire(undefined)),
      this.view.onDidChangeVisibility(({ visible }) => this.setVisible(visible)),
    ]
    this.setVisible(this.view.visible)
  }

  getChildren(node?: TreeNode): TreeNode[] {
    if (node === undefined) return [...groupRuns(this.store.runs)]
    return node.kind === 'group' ? node.runs.map((run) => ({ kind: 'run', run })) : []
  }

  getTreeItem(node: TreeNode): vscode.TreeItem {
    if (node.kind === 'run') return runTreeItem(node.run)
    const item = new vscode.TreeItem(node.label, vscode.TreeItemCollapsibleState.Expanded)
    item.id = `file:${node.file ?? ''}`
    item.contextValue = 'file'
    item.iconPath = node.file === null ? new vscode.ThemeIcon('warning') : vscode.ThemeIcon.File
    // The theme's icon of such a file.
    if (node.file !== null) item.resourceUri = vscode.Uri.file(node.file)
    item.tooltip = node.file ?? t`Runs whose record is damaged, or of a newer Finesse`
    return item
  }

  resolveTreeItem(item: vscode.TreeItem, node: TreeNode): vscode.TreeItem {
    if (node.kind === 'run') item.tooltip = tooltipLines(node.run).join('\n')
    return item
  }

  dispose(): void {
    this.setVisible(false)
    for (const one of this.owned) one.dispose()
  }

  private setVisible(isVisible: boolean): void {
    this.store.setVisible(isVisible)
    if (this.ages !== null) clearInterval(this.ages)
    this.ages = isVisible ? setInterval(() => this.changed.fire(undefined), AGE_MS) : null
  }
}

function runTreeItem(run: RunItem): vscode.TreeItem {
  const state = stateOf(run)
  const name = run.record?.name ?? run.path.split(/[\\/]/).at(-1) ?? run.path
  const item = new vscode.TreeItem(name, vscode.TreeItemCollapsibleState.None)
  item.id = run.path
  item.description = runDescription(run)
  item.iconPath = runIcon(state)
  item.contextValue = `run.${state}`
  item.accessibilityInformation = { label: `${name}, ${stateName(state)}, ${item.description}` }
  if (run.record === null) item.tooltip = run.problem ?? ''
  else
    item.command = {
      command: 'finesse.openRun',
      title: t`Open Run`,
      arguments: [run.path],
    }
  return item
}
