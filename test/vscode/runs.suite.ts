import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import * as vscode from 'vscode'
import type { FinesseApi, FinesseRun } from '../../src/extension/api.ts'
import { say } from './say.ts'

const extension = vscode.extensions.getExtension<FinesseApi>('finesse.finesse')
const folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? ''
const RUNS = join(folder, '.finesse', 'runs')
const LONG = ['--epochs', '400', '--patience', '400', '--strategy', 'full']

let api: FinesseApi
let cli = ''
/** What VS Code was asked to say, and what the person is to answer. */
const said: string[] = []
let answer: (message: string, choices: readonly string[]) => unknown = () => undefined
const restore: (() => void)[] = []

suite('runs', () => {
  suiteSetup(async () => {
    assert.ok(extension)
    api = await extension.activate()
    cli = join(extension.extensionPath, 'dist', 'cli.js')
    for (const name of ['showInformationMessage', 'showWarningMessage', 'showErrorMessage'] as const) {
      const original = vscode.window[name]
      Object.assign(vscode.window, {
        [name]: (message: string, ...rest: unknown[]) => {
          said.push(message)
          const choices = rest.filter((choice): choice is string => typeof choice === 'string')
          return Promise.resolve(answer(message, choices))
        },
      })
      restore.push(() => Object.assign(vscode.window, { [name]: original }))
    }
  })

  setup(() => {
    said.length = 0
    answer = () => undefined
  })

  suiteTeardown(async () => {
    for (const undo of restore) undo()
    for (const { path } of (await api.runs()).filter(isLive))
      await vscode.commands.executeCommand('finesse.stopRun', path)
    await until('no run is alive', async () => !(await api.runs()).some(isLive))
    await vscode.commands.executeCommand('workbench.action.closeAllEditors')
    await settings().update('classify', undefined, vscode.ConfigurationTarget.Workspace)
  })

  test('a run that begins in a terminal appears by itself, pauses, goes on, stops, and is resumed', async function () {
    this.timeout(120_000)
    let changes = 0
    const listening = api.onDidChangeRuns(() => changes++)
    mkdirSync(RUNS, { recursive: true })
    train('outside', LONG)
    const path = await appeared('outside', 'running')
    await until('changes are told', () => changes > 0)
    listening.dispose()

    await vscode.commands.executeCommand('finesse.pauseRun', path)
    await reached(path, 'paused')
    await vscode.commands.executeCommand('finesse.continueRun', { run: { path } })
    await reached(path, 'running')
    await vscode.commands.executeCommand('finesse.stopRun', { run: { path } }, [{ run: { path } }])
    await reached(path, 'interrupted')
    await vscode.commands.executeCommand('finesse.resumeRun', path)
    await reached(path, 'running')

    // What can't be done now is said in one line.
    await vscode.commands.executeCommand('finesse.renameRun', path)
    assert.match(said.at(-1) ?? '', /outside: this can't be done now \(training\)/)
  })

  test('a trainer that is killed is told with what is known of it, and resumed from the message', async function () {
    this.timeout(120_000)
    const path = named(await api.runs(), 'outside')
    const log = readFileSync(join(path, 'log.txt'), 'utf8')
    const pid = Number([...log.matchAll(/, process (\d+)\n/g)].at(-1)?.[1])
    answer = (message, choices) => (/unexpectedly/.test(message) ? choices[0] : undefined)
    process.kill(pid, 'SIGKILL')
    await until('it is told', () => said.some((message) => /outside stopped unexpectedly/.test(message)))
    const message = said.find((one) => /unexpectedly/.test(one)) ?? ''
    assert.match(message, /Its log ends with ".+ memory/)
    say(`killed: ${message}`)
    await reached(path, 'running')
    await vscode.commands.executeCommand('finesse.stopRun', path)
    await reached(path, 'interrupted')
  })

  test('the sample is trained by one command, and the run waits where another trains', async function () {
    this.timeout(240_000)
    train('before', LONG)
    const before = await appeared('before', 'running')
    await vscode.commands.executeCommand('finesse.trySample')
    const path = await appeared('reviews', 'waiting')
    await vscode.commands.executeCommand('finesse.stopRun', before)
    await reached(path, 'done', 200_000)
    assert.ok(said.some((message) => /reviews is trained: accuracy \d/.test(message)))
    assert.ok(existsSync(join(path, 'model', 'onnx', 'model.onnx')))
  })

  test('a run is renamed, copied as a command line that works, exported, and used for prediction', async function () {
    this.timeout(120_000)
    const path = named(await api.runs(), 'reviews')
    await withInput('first try', () => vscode.commands.executeCommand('finesse.renameRun', path))
    assert.equal((await api.runs()).find((run) => run.path === path)?.name, 'first try')

    await vscode.commands.executeCommand('finesse.copyRunCommand', path)
    const line = await vscode.env.clipboard.readText()
    assert.match(line, / train reviews\.csv '?--name=first try'?/)
    execFileSync('/bin/sh', ['-c', `${line} --help`], { cwd: folder })

    const target = join(folder, 'exported')
    mkdirSync(target)
    const original = vscode.window.showOpenDialog
    Object.assign(vscode.window, { showOpenDialog: () => Promise.resolve([vscode.Uri.file(target)]) })
    try {
      await vscode.commands.executeCommand('finesse.exportRun', path)
    } finally {
      Object.assign(vscode.window, { showOpenDialog: original })
    }
    assert.ok(existsSync(join(target, 'onnx', 'model.onnx')))

    await withPick(/Text Files/, () => vscode.commands.executeCommand('finesse.useRun', path))
    const [entry] = settings().get<{ model: string; files: string; unit: string }[]>('classify') ?? []
    assert.deepEqual(entry, { model: path.slice(folder.length + 1), files: '**/*.txt', unit: 'line' })
  })

  test('two finished runs are compared in a document', async function () {
    this.timeout(120_000)
    const first = named(await api.runs(), 'first try')
    train('second', ['--strategy', 'head', '--epochs', '1'])
    const second = await appeared('second', 'done')
    await vscode.commands.executeCommand('finesse.compareRuns', { run: { path: second } }, [
      { run: { path: second } },
      { run: { path: first } },
    ])
    const document = vscode.window.activeTextEditor?.document
    assert.equal(document?.uri.path, '/first try and second compared')
    assert.match(document?.getText() ?? '', /accuracy/)
  })

  test('a folder that is damaged or newer is shown with its problem, and can be deleted', async () => {
    for (const [name, text] of [
      ['20250101-000000-broken', '{'],
      ['20250101-000001-newer', '{"schema": 99}'],
    ] as const) {
      mkdirSync(join(RUNS, name))
      writeFileSync(join(RUNS, name, 'run.json'), text)
    }
    const damaged = (await api.runs()).filter(({ state }) => state === 'damaged')
    assert.equal(damaged.length, 2)
    answer = (_, choices) => choices.at(-1)
    for (const { path } of damaged) await vscode.commands.executeCommand('finesse.deleteRun', path)
    assert.deepEqual(
      readdirSync(RUNS).filter((name) => name.startsWith('20250101')),
      [],
    )
  })

  test('deleting asks first; what is freed is said', async function () {
    this.timeout(60_000)
    const path = named(await api.runs(), 'second')
    await vscode.commands.executeCommand('finesse.deleteRun', path)
    assert.match(said.at(-1) ?? '', /Delete the run second\?/)
    assert.ok(existsSync(path))
    answer = (_, choices) => choices.at(-1)
    await vscode.commands.executeCommand('finesse.deleteRun', path)
    assert.ok(!existsSync(path))
    assert.ok(!(await api.runs()).some((run) => run.path === path))

    await vscode.commands.executeCommand('finesse.pruneRuns')
    assert.match(said.at(-1) ?? '', /^(Freed \d|There was nothing)/)
    assert.ok((await api.runs()).some(({ name, state }) => name === 'outside' && state === 'interrupted'))
  })

  test('a run whose folder goes is gone; asked about, it is said', async () => {
    const path = named(await api.runs(), 'before')
    rmSync(path, { recursive: true })
    await vscode.commands.executeCommand('finesse.resumeRun', path)
    assert.match(said.at(-1) ?? '', /there is no such run any more/)
  })
})

const settings = () => vscode.workspace.getConfiguration('finesse')
const isLive = ({ state }: FinesseRun): boolean => ['running', 'paused', 'waiting'].includes(state)

/** As in a terminal of the workspace. */
function train(name: string, options: readonly string[]): void {
  const words = ['train', join(folder, 'reviews.csv'), '--name', name, ...options]
  const env = { ...process.env, ELECTRON_RUN_AS_NODE: '1' }
  spawn(process.execPath, [cli, ...words], { cwd: folder, env, stdio: 'ignore', detached: true }).unref()
}

function named(runs: readonly FinesseRun[], name: string): string {
  const run = runs.find((one) => one.name === name)
  assert.ok(run, `there is a run ${name}`)
  return run.path
}

async function appeared(name: string, state: FinesseRun['state']): Promise<string> {
  let path = ''
  await until(`the run ${name} is ${state}`, async () => {
    path = (await api.runs()).find((run) => run.name === name && run.state === state)?.path ?? ''
    return path !== ''
  })
  return path
}

const reached = (path: string, state: FinesseRun['state'], ms?: number): Promise<void> =>
  until(
    `${path} is ${state}`,
    async () => (await api.runs()).some((run) => run.path === path && run.state === state),
    ms,
  )

async function until(what: string, holds: () => boolean | Promise<boolean>, ms = 45_000): Promise<void> {
  for (const end = Date.now() + ms; !(await holds()); ) {
    assert.ok(Date.now() < end, `waited in vain: ${what}; said: ${said.join(' | ')}`)
    await sleep(200)
  }
}

async function withInput(text: string, work: () => Thenable<unknown>): Promise<void> {
  const original = vscode.window.showInputBox
  Object.assign(vscode.window, { showInputBox: () => Promise.resolve(text) })
  try {
    await work()
  } finally {
    Object.assign(vscode.window, { showInputBox: original })
  }
}

async function withPick(label: RegExp, work: () => Thenable<unknown>): Promise<void> {
  const original = vscode.window.showQuickPick
  Object.assign(vscode.window, {
    showQuickPick: (items: readonly vscode.QuickPickItem[]) =>
      Promise.resolve(items.find((item) => label.test(item.label))),
  })
  try {
    await work()
  } finally {
    Object.assign(vscode.window, { showQuickPick: original })
  }
}
