import { basename, join } from 'node:path'
import * as v from 'valibot'
import * as vscode from 'vscode'
import { UserError } from '../../shared/error.ts'
import { t } from '../../shared/l10n.ts'
import { FromPage, type PageState, type Roles, type SomeOptions, type ToPage } from '../../shared/page.ts'
import type { DataMessage } from '../data/worker-messages.ts'
import { startFolder, startRun } from '../trainer/start-run.ts'
import { runsFolderFor } from '../trainer/trainer-host.ts'
import { openConfiguration, readConfigurationOf } from './configuration.ts'
import { configurationPath } from './configuration-file.ts'
import { DataThread } from './data-thread.ts'
import { watchForChange } from './file-watch.ts'
import { Measures } from './measures.ts'
import { NamedFiles } from './named-files.ts'
import { openLine } from './open-line.ts'
import { openTestRow } from './open-test-row.ts'
import type { PanelServices, RunPart } from './services.ts'
import { showPage } from './show-page.ts'

export const PANEL_TYPE = 'finesse.panel'

type Message<T extends ToPage['type']> = Extract<ToPage, { type: T }>

/** A panel about one file or several that are trained on together, and the run that was started from it. */
export class FineTunePanel implements vscode.Disposable {
  readonly #panel: vscode.WebviewPanel
  readonly #services: PanelServices
  readonly #data: DataThread
  readonly #measures: Measures
  readonly #named: NamedFiles
  readonly #disposables: vscode.Disposable[] = []
  /** The newest of each, for a page that is built anew. */
  readonly #told = new Map<ToPage['type'], ToPage>()
  #files: readonly string[]
  #shown = 0
  #roles: Roles | null = null
  #numbers = false
  #run: string | null
  #runPart: RunPart | null = null
  #opened: Message<'opened'> | null = null
  #found: Message<'roles'> | null = null
  #model: string | null = null
  #watch: vscode.Disposable | null = null
  #isReady = false
  #isDisposed = false

  constructor(panel: vscode.WebviewPanel, state: PageState, services: PanelServices) {
    this.#panel = panel
    this.#services = services
    this.#files = state.files
    this.#shown = Math.min(Math.max(0, state.shown), Math.max(0, state.files.length - 1))
    this.#roles = state.roles
    this.#numbers = state.typed.task === 'regress'
    this.#run = state.run
    const { context, log } = services
    this.#measures = new Measures(services, (message) => this.#post(message))
    this.#data = new DataThread(
      context.asAbsolutePath(join('dist', 'data-worker.cjs')),
      vscode.l10n.bundle ?? {},
      (message) => this.#takeData(message),
      (error) => {
        log.error(error instanceof Error ? error : String(error))
        this.#post({
          type: 'data-problem',
          message: t`Reading the file failed. Its log has more.`,
          line: null,
        })
      },
    )
    this.#named = new NamedFiles((message) => this.#data.post(message))
    this.#disposables.push(
      this.#data,
      this.#named,
      panel.onDidDispose(() => this.dispose()),
      panel.webview.onDidReceiveMessage((message: unknown) => this.#take(message)),
      vscode.workspace.onDidGrantWorkspaceTrust(() => {
        this.#post({ type: 'trust', trusted: true })
        this.#countTokens()
      }),
      vscode.workspace.onDidSaveTextDocument(({ uri }) => {
        if (this.#files[0] !== undefined && uri.fsPath === configurationPath(this.#files[0]))
          void this.#readConfiguration()
      }),
      { dispose: () => this.#watch?.dispose() },
      this.#measures,
      { dispose: () => this.#runPart?.dispose() },
    )
    this.#setTitle()
    showPage(panel, context.extensionUri, 'page')
  }

  get files(): readonly string[] {
    return this.#files
  }

  get run(): string | null {
    return this.#run
  }

  reveal(): void {
    this.#panel.reveal()
  }

  /** Shows a run in the panel's later parts. */
  showRun(path: string): void {
    this.#run = path
    this.#begin()
    this.#followRun()
  }

  dispose(): void {
    if (this.#isDisposed) return
    this.#isDisposed = true
    for (const one of this.#disposables) one.dispose()
    this.#panel.dispose()
    this.#services.closed(this)
  }

  #post(message: ToPage): void {
    if (this.#isDisposed) return
    this.#told.set(message.type, message)
    // A hidden page is not there: it says `ready` when it is again.
    if (this.#isReady) void this.#panel.webview.postMessage(message)
  }

  #setTitle(): void {
    const [file] = this.#files
    const name = file === undefined ? basename(this.#run ?? '') : basename(file)
    this.#panel.title = this.#files.length > 1 ? t`${name} and ${this.#files.length - 1} more` : name
  }

  #take(message: unknown): void {
    const checked = v.safeParse(FromPage, message)
    if (!checked.success) {
      this.#services.log.error(`message of the page: ${v.summarize(checked.issues)}`)
      return
    }
    this.#answer(checked.output).catch((error: unknown) => {
      if (error instanceof UserError) void vscode.window.showErrorMessage(error.message)
      else this.#services.log.error(error instanceof Error ? error : String(error))
    })
  }

  async #answer(message: FromPage): Promise<void> {
    switch (message.type) {
      case 'ready':
        return this.#ready()
      case 'show-file':
        if (message.index >= this.#files.length || message.index < 0) return
        this.#shown = message.index
        return this.#openFile()
      case 'reload-file':
        return this.#openFile()
      case 'want-rows':
        return this.#data.post({ type: 'rows', first: message.first, count: message.count })
      case 'set-roles':
        this.#roles = message.roles
        this.#numbers = message.numbers
        return this.#data.post({ type: 'roles', roles: message.roles, numbers: message.numbers })
      case 'set-model':
        this.#model = message.model
        return this.#countTokens()
      case 'set-named':
        return this.#named.name(this.#startFolder(), message)
      case 'open-row':
        return this.#openRow(message.row)
      case 'open-line':
        if (this.#opened) await openLine(this.#opened.path, message.line)
        return
      case 'open-named': {
        const path = this.#named.path(message.part)
        if (path !== null) await openLine(path, message.line)
        return
      }
      case 'check-labels': {
        const file = this.#files[this.#shown]
        if (file !== undefined)
          await vscode.commands.executeCommand('finesse.checkLabels', { file, roles: message.roles })
        return
      }
      case 'learning-curve':
        await vscode.commands.executeCommand('finesse.showLearningCurve', {
          files: this.#files,
          options: message.options,
        })
        return
      case 'start':
        return this.#start(message.options, message.name)
      case 'estimate':
        return this.#measures.estimate(this.#files, message)
      case 'open-json':
        if (this.#files[0] !== undefined) await openConfiguration(this.#files[0], message.options)
        return
      case 'choose':
        return this.#choose(message.option)
      case 'manage-trust':
        await vscode.commands.executeCommand('workbench.trust.manage')
        return
      case 'show-log':
        return this.#services.log.show()
      default:
        await this.#runPart?.take(message)
    }
  }

  #ready(): void {
    const isFirst = this.#told.size === 0
    this.#isReady = true
    this.#begin()
    for (const [type, message] of this.#told)
      if (type !== 'begin') void this.#panel.webview.postMessage(message)
    // What a run tells are additions: the page has none of them yet.
    this.#followRun()
    if (!isFirst) return
    void this.#readConfiguration()
    this.#openFile()
  }

  #begin(): void {
    const [first] = this.#files
    this.#post({
      type: 'begin',
      files: [...this.#files],
      run: this.#run,
      trusted: vscode.workspace.isTrusted,
      out: first === undefined ? '' : vscode.workspace.asRelativePath(this.#runsFolder(first)),
      recent: this.#services.recentModels(),
    })
  }

  #runsFolder(file: string): string {
    return runsFolderFor(vscode.Uri.file(file), this.#services.context)
  }

  /** Where paths in options are relative to. */
  #startFolder(): string {
    const [file = ''] = this.#files
    return startFolder(this.#runsFolder(file), this.#files)
  }

  #openFile(): void {
    const path = this.#files[this.#shown]
    if (path === undefined) return
    for (const type of [
      'opened',
      'roles',
      'rows',
      'index',
      'profile',
      'tokens',
      'data-problem',
      'file-changed',
    ] as const)
      this.#told.delete(type)
    this.#opened = null
    this.#found = null
    this.#measures.stopCount()
    this.#watch?.dispose()
    this.#watch = watchForChange(path, (gone) => this.#post({ type: 'file-changed', gone }))
    this.#data.post({ type: 'open', path, roles: this.#roles, numbers: this.#numbers })
  }

  #takeData(message: DataMessage): void {
    if (message.type === 'opened') this.#opened = message
    if (message.type === 'roles') this.#found = message
    // The first rows are what a page that is built anew begins with; it asks for the others.
    if (message.type === 'rows' && message.first !== 1) {
      if (this.#isReady) void this.#panel.webview.postMessage(message)
      return
    }
    this.#post(message)
    if (message.type !== 'roles') return
    this.#countTokens()
    this.#named.train(this.#files, message.roles)
  }

  #countTokens(): void {
    const rows =
      this.#opened === null || this.#found === null
        ? null
        : { file: this.#opened.path, roles: this.#found.roles }
    this.#measures.countTokens(rows, this.#model)
  }

  async #openRow(row: number): Promise<void> {
    const opened = this.#opened
    const line = opened?.inEditor ? await this.#data.lineOf(row) : null
    if (opened && line !== null) await openLine(opened.path, line)
    else this.#showRow(row)
  }

  /** In the page's own table; false: there is no page now. */
  #showRow(row: number): boolean {
    if (this.#isReady) void this.#panel.webview.postMessage({ type: 'show-row', row } satisfies ToPage)
    return this.#isReady
  }

  async #start(options: SomeOptions, name: string): Promise<void> {
    const [file] = this.#files
    if (file === undefined || !vscode.workspace.isTrusted) return
    this.#measures.stopEstimate()
    this.#post({ type: 'start', starting: true, problem: null })
    try {
      const { host } = this.#services
      const request = { files: this.#files, options, ...(name === '' ? {} : { name }) }
      const path = await startRun(request, { host, out: this.#runsFolder(file) })
      this.#post({ type: 'start', starting: false, problem: null })
      this.showRun(path)
    } catch (error) {
      const problem =
        error instanceof UserError ? error.message : t`The trainer could not be started. Its log has more.`
      if (!(error instanceof UserError))
        this.#services.log.error(error instanceof Error ? error : String(error))
      this.#post({ type: 'start', starting: false, problem })
    }
  }

  #followRun(): void {
    this.#runPart?.dispose()
    this.#runPart =
      this.#run === null
        ? null
        : this.#services.followRun(
            this.#run,
            (message) => {
              if (this.#isReady) void this.#panel.webview.postMessage(message)
            },
            (asked) => openTestRow(asked, (row) => asked.path === this.#opened?.path && this.#showRow(row)),
          )
  }

  async #choose(option: string): Promise<void> {
    const isFolder = option === 'model'
    const chosen = await vscode.window.showOpenDialog({
      canSelectFiles: !isFolder,
      canSelectFolders: isFolder,
      openLabel: t`Choose`,
      ...(this.#files[0] === undefined
        ? {}
        : { defaultUri: vscode.Uri.joinPath(vscode.Uri.file(this.#files[0]), '..') }),
    })
    const path = chosen?.[0]?.fsPath
    if (path !== undefined && this.#isReady)
      void this.#panel.webview.postMessage({ type: 'chosen', option, value: path } satisfies ToPage)
  }

  async #readConfiguration(): Promise<void> {
    const [file] = this.#files
    const found = file === undefined ? null : await readConfigurationOf(file)
    if (found) this.#post(found)
  }
}
