import { isAbsolute, resolve } from 'node:path'
import * as vscode from 'vscode'
import { t } from '../../shared/l10n.ts'
import { Emitter } from '../event.ts'
import { modelName, stampNow } from './model-reference.ts'
import { type ClassifyEntry, readEntries } from './setting.ts'

/** A model that is active for a document, and what of it is classified. */
export interface ActiveModel extends Omit<ClassifyEntry, 'model'> {
  /** Absolute path of the run's or the model's folder. */
  readonly model: string
  readonly name: string
}

interface TurnedOff {
  /** One line for the person. */
  readonly message: string
  readonly stamp: string
}

/** While a model is turned off, so often its folder is looked at. */
const LOOK_MS = 2000
const OFF = 'finesse.predictions.off'

/**
 * Which model is active for which document, by the setting `finesse.classify`. A model that fails is turned off with
 * one message, until the setting or its folder changes.
 */
export class ActiveModels implements vscode.Disposable {
  readonly onDidChange: vscode.Event<void>
  private readonly changed = new Emitter<void>()
  private readonly memento: vscode.Memento
  private readonly log: vscode.LogOutputChannel
  private readonly turnedOff = new Map<string, TurnedOff>()
  private readonly subscriptions: vscode.Disposable[]
  /** By workspace folder; read anew when the configuration changes. */
  private entries = new Map<string, readonly ClassifyEntry[]>()
  private timer: NodeJS.Timeout | null = null

  constructor(memento: vscode.Memento, log: vscode.LogOutputChannel) {
    this.memento = memento
    this.log = log
    this.onDidChange = this.changed.event
    this.subscriptions = [
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration('finesse.classify')) this.readAgain()
      }),
      vscode.workspace.onDidChangeWorkspaceFolders(() => this.readAgain()),
      vscode.workspace.onDidGrantWorkspaceTrust(() => this.readAgain()),
    ]
    void this.tellContext()
  }

  /** Whether the person wants predictions in this workspace. */
  get isOn(): boolean {
    return vscode.workspace.isTrusted && this.memento.get(OFF) !== true
  }

  async setOn(isOn: boolean): Promise<void> {
    await this.memento.update(OFF, isOn ? undefined : true)
    this.readAgain()
  }

  /** Whether any setting names a model: without one nothing is registered or started. */
  get isConfigured(): boolean {
    const scopes = [undefined, ...(vscode.workspace.workspaceFolders ?? [])]
    return scopes.some((folder) => this.entriesOf(folder).length > 0)
  }

  /** The model that classifies a document now; null: none, or it is turned off. */
  of(document: vscode.TextDocument): ActiveModel | null {
    if (!this.isOn) return null
    const active = this.configuredFor(document)
    return active === null || this.turnedOff.has(active.model) ? null : active
  }

  /** The first entry that fits a document, be its model turned off or not. */
  configuredFor(document: vscode.TextDocument): ActiveModel | null {
    if (document.uri.scheme !== 'file' && document.uri.scheme !== 'untitled') return null
    const folder = vscode.workspace.getWorkspaceFolder(document.uri)
    const fits = (entry: ClassifyEntry): boolean =>
      vscode.languages.match(selectorOf(entry, folder), document) > 0
    const entry = this.entriesOf(folder).find(fits)
    return entry === undefined ? null : activeModel(entry, folder)
  }

  /** Why a model is turned off; null: it is not. */
  problemOf(model: string): string | null {
    return this.turnedOff.get(model)?.message ?? null
  }

  /** Called where a model failed: says so once. */
  turnOff(model: string, message: string): void {
    if (this.turnedOff.has(model)) return
    this.turnedOff.set(model, { message, stamp: stampNow(model) })
    this.timer ??= setInterval(() => this.look(), LOOK_MS)
    this.log.warn(message)
    this.changed.fire()
    const choose = t`Choose Model`
    const show = t`Show Log`
    void vscode.window
      .showWarningMessage(t`Predictions by ${modelName(model)} are off: ${message}`, choose, show)
      .then((picked) => {
        if (picked === choose) void vscode.commands.executeCommand('finesse.chooseModel')
        if (picked === show) this.log.show()
      })
  }

  dispose(): void {
    this.endLooking()
    for (const subscription of this.subscriptions) subscription.dispose()
    this.changed.dispose()
  }

  private entriesOf(folder: vscode.WorkspaceFolder | undefined): readonly ClassifyEntry[] {
    const key = folder?.uri.toString() ?? ''
    const known = this.entries.get(key)
    if (known !== undefined) return known
    const { entries, wrong } = readEntries(
      vscode.workspace.getConfiguration('finesse', folder).get('classify'),
    )
    for (const where of wrong) this.log.warn(t`The setting ${where} is not as expected and is left out.`)
    this.entries.set(key, entries)
    return entries
  }

  private readAgain(): void {
    this.entries = new Map()
    this.turnedOff.clear()
    this.endLooking()
    void this.tellContext()
    this.changed.fire()
  }

  private look(): void {
    const before = this.turnedOff.size
    for (const [model, { stamp }] of this.turnedOff)
      if (stampNow(model) !== stamp) this.turnedOff.delete(model)
    if (this.turnedOff.size === 0) this.endLooking()
    if (this.turnedOff.size < before) this.changed.fire()
  }

  private endLooking(): void {
    if (this.timer !== null) clearInterval(this.timer)
    this.timer = null
  }

  /** For the `when` of commands. */
  private async tellContext(): Promise<void> {
    await vscode.commands.executeCommand('setContext', 'finesse.predictionsOn', this.isOn)
    await vscode.commands.executeCommand('setContext', 'finesse.hasActiveModel', this.isConfigured)
  }
}

function selectorOf(
  { files, language }: ClassifyEntry,
  folder: vscode.WorkspaceFolder | undefined,
): vscode.DocumentFilter {
  const pattern =
    files === undefined || folder === undefined || isAbsolute(files)
      ? files
      : new vscode.RelativePattern(folder, files.replaceAll('\\', '/'))
  return {
    ...(pattern === undefined ? {} : { pattern }),
    ...(language === undefined ? {} : { language }),
  }
}

function activeModel(entry: ClassifyEntry, folder: vscode.WorkspaceFolder | undefined): ActiveModel | null {
  if (folder === undefined && !isAbsolute(entry.model)) return null
  const model = resolve(folder?.uri.fsPath ?? '', entry.model)
  return { ...entry, model, name: modelName(model) }
}
