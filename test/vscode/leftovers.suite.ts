import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import * as vscode from 'vscode'
import type { FinesseApi } from '../../src/extension/api.ts'
import { processesOf } from '../editor/processes.ts'
import { countOpen, type OpenCounter } from './count-open.ts'
import { say } from './say.ts'

const extension = vscode.extensions.getExtension<FinesseApi>('finesse.finesse')
const folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? ''
const RUNS = join(folder, '.finesse', 'runs')
const sample = join(folder, 'reviews.csv')

let api: FinesseApi
let counter: OpenCounter | undefined
const restore: (() => void)[] = []

suite('what is left', () => {
  suiteSetup(async function () {
    this.timeout(120_000)
    assert.ok(extension)
    api = await extension.activate()
    const words = ['train', sample, '--name', 'leftover', '--out', RUNS, '--model', 'ngram']
    mkdirSync(RUNS, { recursive: true })
    execFileSync(process.execPath, [join(extension.extensionPath, 'dist', 'cli.js'), ...words], {
      cwd: folder,
      env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' },
      stdio: 'ignore',
    })
    writeFileSync(join(folder, 'left.txt'), 'Cold soup.\nA lovely place.\n')
    // The folder of runs is watched before the count begins.
    await api.runs()
    for (const name of ['showInformationMessage', 'showWarningMessage', 'showErrorMessage'] as const) {
      const original = vscode.window[name]
      // Of a question the last answer: to delete is one.
      Object.assign(vscode.window, {
        [name]: (_: string, ...rest: unknown[]) =>
          Promise.resolve(
            name === 'showWarningMessage' ? rest.filter((one) => typeof one === 'string').at(-1) : undefined,
          ),
      })
      restore.push(() => Object.assign(vscode.window, { [name]: original }))
    }
    counter = countOpen(join(extension.extensionPath, 'dist', 'extension.cjs'))
  })

  suiteTeardown(async () => {
    counter?.dispose()
    for (const undo of restore) undo()
    await settings().update('classify', undefined, vscode.ConfigurationTarget.Workspace)
    await settings().update('decorations', undefined, vscode.ConfigurationTarget.Workspace)
    await vscode.commands.executeCommand('finesse.turnPredictionsOn')
    await vscode.commands.executeCommand('workbench.action.closeAllEditors')
  })

  test('after all is closed, nothing: no listener, watcher, timer, thread or process', async function () {
    this.timeout(300_000)
    assert.deepEqual(open(), {})
    await vscode.commands.executeCommand('finesse.fineTune', vscode.Uri.file(sample))
    await until('the panel reads its file', () => open().thread === 1)
    await vscode.commands.executeCommand('finesse.trySample')
    const live = async () =>
      (await api.runs()).find(({ name, state }) => name === 'reviews' && state === 'running')
    await until('the run is alive', async () => (await live()) !== undefined)

    const model = join(RUNS, readdirSync(RUNS).find((name) => name.endsWith('-leftover')) ?? '')
    await settings().update('decorations', true, vscode.ConfigurationTarget.Workspace)
    await settings().update('classify', [{ model, files: '*.txt' }], vscode.ConfigurationTarget.Workspace)
    const document = await vscode.workspace.openTextDocument(vscode.Uri.file(join(folder, 'left.txt')))
    await vscode.window.showTextDocument(document)
    const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
      'vscode.executeHoverProvider',
      document.uri,
      new vscode.Position(0, 1),
    )
    assert.equal(hovers.length, 1)
    await vscode.commands.executeCommand('vscode.executeCodeLensProvider', document.uri, 10)
    await vscode.commands.executeCommand('finesse.classifyFile')
    say(`open while all is in use: ${JSON.stringify(open())}`)
    assert.ok(running('serve.js') === 1)

    const run = await live()
    assert.ok(run)
    await vscode.commands.executeCommand('finesse.stopRun', run.path)
    await until('the run ends', async () => (await live()) === undefined && running('cli.js') === 0)
    await vscode.commands.executeCommand('finesse.deleteRun', run.path)
    await vscode.commands.executeCommand('finesse.turnPredictionsOff')
    await vscode.commands.executeCommand('workbench.action.closeAllEditors')
    await until('the prediction server ends', () => running('serve.js') === 0)
    await until('nothing is open', () => Object.keys(open()).length === 0)
    say(`at most open at once: ${JSON.stringify(counter?.most)}; after all is closed: nothing`)
    assert.deepEqual(open(), {})
  })
})

const open = () => counter?.open() ?? {}
const settings = () => vscode.workspace.getConfiguration('finesse')

/** Processes of this editor with a script of ours. */
const running = (script: string): number =>
  processesOf(process.env.HOME ?? '').filter(({ command }) => command.includes(join('dist', script))).length

async function until(what: string, holds: () => boolean | Promise<boolean>, ms = 60_000): Promise<void> {
  for (const end = Date.now() + ms; !(await holds()); ) {
    assert.ok(Date.now() < end, `waited in vain: ${what}; open: ${JSON.stringify(open())}`)
    await sleep(200)
  }
}
