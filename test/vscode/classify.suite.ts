import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import * as vscode from 'vscode'
import type { FinesseApi } from '../../src/extension/api.ts'
import { cellsOf } from '../../src/extension/classify/csv-units.ts'
import { DocumentUnits, rangeOf } from '../../src/extension/classify/document-units.ts'
import { say } from './say.ts'

const extension = vscode.extensions.getExtension<FinesseApi>('finesse.finesse')
const folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? ''
const inFolder = (...names: string[]): string => join(folder, ...names)
const RUNS = inFolder('.finesse', 'runs')

let run = ''
let api: FinesseApi
let texts: readonly string[] = []

suite('predictions', () => {
  suiteSetup(async function () {
    this.timeout(400_000)
    assert.ok(extension)
    api = await extension.activate()
    const sample = readFileSync(inFolder('reviews.csv'), 'utf8')
    texts = cellsOf('reviews.csv', sample, 'text').units.map(({ text }) => text.replaceAll(/\s+/g, ' '))
    const few = inFolder('few.csv')
    const rows = sample.split('\n').slice(0, 240).join('\n')
    writeFileSync(few, rows)
    const words = ['train', few, '--name', 'opinions', '--out', RUNS, '--strategy', 'head', '--epochs', '1']
    execFileSync(process.execPath, [join(extension.extensionPath, 'dist', 'cli.js'), ...words], {
      cwd: folder,
      env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' },
      stdio: 'ignore',
    })
    run = join(RUNS, readdirSync(RUNS).find((name) => name.endsWith('-opinions')) ?? '')
    assert.ok(existsSync(join(run, 'model', 'config.json')))
    writeFileSync(inFolder('notes.txt'), `${texts.slice(0, 200).join('\n')}\n\n`)
    const many = Array.from({ length: 5000 }, (_, i) => `${texts[i % texts.length]} (${i})`)
    writeFileSync(inFolder('many.txt'), many.join('\n'))
  })

  suiteTeardown(async () => {
    await settings().update('classify', undefined, vscode.ConfigurationTarget.Workspace)
    await vscode.commands.executeCommand('workbench.action.closeAllEditors')
  })

  test('no hover and no lens without the setting', async () => {
    const document = await opened('notes.txt')
    assert.deepEqual(await hovers(document, 0), [])
    assert.deepEqual(await lenses(document), [])
  })

  test('a hover says label, probability and runner-up', async () => {
    await classify([{ model: vscode.workspace.asRelativePath(run), files: '*.txt' }])
    const document = await opened('notes.txt')
    const [text, ...others] = await hovers(document, 3)
    assert.deepEqual(others, [])
    assert.match(
      text ?? '',
      /\*\*(positive|negative)\*\*.+%[\s\S]+then.+(positive|negative).+%[\s\S]+opinions$/,
    )
    assert.deepEqual(await hovers(document, document.lineCount - 1), [])
  })

  test('a hover says unsure under the threshold', async () => {
    await classify([{ model: run, files: '*.txt', threshold: 1 }])
    const [text] = await hovers(await opened('notes.txt'), 3)
    assert.match(text ?? '', /^unsure/)
  })

  test('hovers over 200 lines, and their times', async function () {
    this.timeout(120_000)
    await classify([{ model: run, files: '*.txt' }])
    const document = await opened('notes.txt')
    // The model is loaded, and these lines are not remembered.
    const edit = new vscode.WorkspaceEdit()
    for (let line = 0; line < 200; line++) edit.insert(document.uri, new vscode.Position(line, 0), 'Well, ')
    await vscode.workspace.applyEdit(edit)
    const warm = await hoverTimes(document, /%/)
    // What the editor itself takes to ask and to be told, which on a busy machine is most of it.
    await vscode.commands.executeCommand('finesse.turnPredictionsOff')
    const other = vscode.languages.registerHoverProvider('*', {
      provideHover: () => new vscode.Hover('nothing to compute'),
    })
    const idle = await hoverTimes(document, /nothing/)
    other.dispose()
    await vscode.commands.executeCommand('finesse.turnPredictionsOn')
    const said = ({ p50, p95 }: Times) => `p50 ${p50.toFixed(1)} ms, p95 ${p95.toFixed(1)} ms`
    say(`warm hover over 200 lines: ${said(warm)}; a hover that computes nothing: ${said(idle)}`)
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor')
  })

  test('lenses of 5,000 lines: ranges at once, labels of those that are shown', async () => {
    const document = await opened('many.txt')
    const began = performance.now()
    const all = await lenses(document)
    const ranges = performance.now() - began
    assert.equal(all.length, 5000)
    const resolved = await lenses(document, 50)
    const labels = performance.now() - began - ranges
    const shown = resolved.filter(({ command }) => /(positive|negative) .*%/.test(command?.title ?? ''))
    assert.ok(shown.length >= 50, `${shown.length} of 50 have a label`)
    say(`CodeLens of 5,000 lines: ranges ${ranges.toFixed(0)} ms, with 50 labels ${labels.toFixed(0)} ms`)
  })

  test('units of 5,000 lines, and the time it takes to find them', async () => {
    const document = await opened('many.txt')
    for (const unit of ['line', 'sentence', 'paragraph'] as const) {
      const processor = process.cpuUsage()
      const { units } = new DocumentUnits().of(document, { unit })
      for (const one of units) rangeOf(document, one)
      const ms = process.cpuUsage(processor).user / 1000
      say(`${units.length} units by ${unit} with their ranges: ${ms.toFixed(0)} ms of processor time`)
      assert.ok(units.length > 0)
    }
  })

  test('typing in a file of 5,000 lines leaves its lenses in place; the time of an edit', async () => {
    const document = await opened('many.txt')
    const typed = async (): Promise<number> => {
      const times: number[] = []
      for (let i = 0; i < 15; i++) {
        const began = performance.now()
        const edit = new vscode.WorkspaceEdit()
        edit.insert(document.uri, new vscode.Position(10 + i, 0), 'x')
        await vscode.workspace.applyEdit(edit)
        times.push(performance.now() - began)
        await sleep(100)
      }
      return times.sort((a, b) => a - b)[7] ?? 0
    }
    const on = await typed()
    await vscode.commands.executeCommand('finesse.turnPredictionsOff')
    const off = await typed()
    await vscode.commands.executeCommand('finesse.turnPredictionsOn')
    say(`median edit in 5,000 lines: ${on.toFixed(0)} ms, without predictions ${off.toFixed(0)} ms`)
    assert.equal((await lenses(document)).length, 5000)
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor')
  }).timeout(120_000)

  test("a table's column, with quoted line breaks", async () => {
    writeFileSync(inFolder('quoted.csv'), 'id,text\n1,"good\nsoup, really"\n2,bad soup\n3,\n')
    await classify([{ model: run, files: '*.csv', unit: 'column' }])
    const document = await opened('quoted.csv')
    const found = await lenses(document, 9)
    assert.deepEqual(
      found.map(({ range }) => document.getText(range)),
      ['"good\nsoup, really"', 'bad soup'],
    )
    assert.match((await hovers(document, 2))[0] ?? '', /%/)
    assert.deepEqual(await hovers(document, 0), [])
  })

  test('predictions are turned off and on', async () => {
    await classify([{ model: run, files: '*.txt' }])
    const document = await opened('notes.txt')
    await vscode.commands.executeCommand('finesse.turnPredictionsOff')
    assert.deepEqual(await hovers(document, 0), [])
    await vscode.commands.executeCommand('finesse.turnPredictionsOn')
    assert.equal((await hovers(document, 0)).length, 1)
  })

  test('the selected text is classified as one; with nothing selected that is said', async () => {
    const document = await opened('notes.txt')
    const editor = vscode.window.activeTextEditor
    assert.ok(editor?.document === document)
    const said: string[] = []
    const original = vscode.window.showInformationMessage
    Object.assign(vscode.window, {
      showInformationMessage: (message: string) => {
        said.push(message)
        return Promise.resolve(undefined)
      },
    })
    try {
      editor.selection = new vscode.Selection(0, 0, 0, 0)
      await vscode.commands.executeCommand('finesse.classifySelection')
      editor.selection = new vscode.Selection(0, 0, 1, 5)
      await vscode.commands.executeCommand('finesse.classifySelection')
    } finally {
      Object.assign(vscode.window, { showInformationMessage: original })
    }
    const [first, second, ...others] = said
    assert.match(first ?? '', /^Select the text/)
    assert.match(second ?? '', /(positive|negative).*%[\s\S]*\(model opinions\)$/)
    assert.deepEqual(others, [])
    say(`selection: ${second}`)
  })

  test('a model that is deleted while in use gives one message and is off until it is back', async () => {
    const copy = inFolder('copy')
    cpSync(join(run, 'model'), copy, { recursive: true })
    await classify([{ model: copy, files: '*.txt' }])
    const document = await opened('notes.txt')
    assert.equal((await hovers(document, 0)).length, 1)
    const other = vscode.languages.registerHoverProvider(
      { pattern: '**/notes.txt' },
      {
        provideHover: () => new vscode.Hover('another hover'),
      },
    )
    const said: string[] = []
    const original = vscode.window.showWarningMessage
    Object.assign(vscode.window, {
      showWarningMessage: (message: string) => {
        said.push(message)
        return Promise.resolve(undefined)
      },
    })
    try {
      rmSync(copy, { recursive: true })
      await sleep(400)
      for (const line of [0, 1, 2]) assert.deepEqual(await hovers(document, line), ['another hover'])
      assert.equal(said.length, 1)
      assert.match(said[0] ?? '', /Predictions by copy are off: .+copy.+/)
      assert.deepEqual(await lenses(document), [])
      say(`deleted model: ${said[0]}`)
      cpSync(join(run, 'model'), copy, { recursive: true })
      await until(async () => (await hovers(document, 0)).length === 2)
    } finally {
      Object.assign(vscode.window, { showWarningMessage: original })
      other.dispose()
    }
  })

  test('the API lists runs and predicts', async () => {
    const runs = await api.runs()
    assert.ok(runs.some(({ name, state, path }) => name === 'opinions' && state === 'done' && path === run))
    const predicted = await api.predict('opinions', ['a wonderful meal', 'never again'])
    assert.equal(predicted.length, 2)
    for (const one of predicted) {
      assert.ok('label' in one)
      assert.ok(['positive', 'negative'].includes(one.label))
      const sum = Object.values(one.probabilities).reduce((a, b) => a + b, 0)
      assert.ok(Math.abs(sum - 1) < 1e-4)
      assert.equal(one.probabilities[one.label], one.probability)
    }
    assert.deepEqual(await api.predict(join(run, 'model'), ['a wonderful meal', 'never again']), predicted)
    await assert.rejects(api.predict('nothing', ['a']), /no finished run nothing; there are .*opinions/)
    await assert.rejects(api.predict(inFolder('gone'), ['a']), /no such folder/)
  })

  test('assistants get the same as tools', async function () {
    if (typeof vscode.lm?.invokeTool !== 'function') return this.skip()
    const token = new vscode.CancellationTokenSource().token
    const call = async (name: string, input: object): Promise<string> => {
      const { content } = await vscode.lm.invokeTool(name, { input, toolInvocationToken: undefined }, token)
      return content.map((part) => (part instanceof vscode.LanguageModelTextPart ? part.value : '')).join('')
    }
    assert.match(await call('finesse_runs', {}), /"name":"opinions","state":"done"/)
    assert.match(
      await call('finesse_classify', { texts: ['a wonderful meal'], model: 'opinions' }),
      /"model":"opinions","predictions":\[\{"label":"(positive|negative)"/,
    )
  })
})

interface Times {
  readonly p50: number
  readonly p95: number
}

async function hoverTimes(document: vscode.TextDocument, expected: RegExp): Promise<Times> {
  const times: number[] = []
  for (let line = 0; line < 200; line++) {
    const began = performance.now()
    const [text] = await hovers(document, line)
    times.push(performance.now() - began)
    assert.match(text ?? '', expected)
  }
  times.sort((a, b) => a - b)
  return { p50: times[100] ?? 0, p95: times[190] ?? 0 }
}

const settings = () => vscode.workspace.getConfiguration('finesse')

const classify = (entries: object[]) =>
  settings().update('classify', entries, vscode.ConfigurationTarget.Workspace)

async function opened(name: string): Promise<vscode.TextDocument> {
  const document = await vscode.workspace.openTextDocument(vscode.Uri.file(inFolder(name)))
  await vscode.window.showTextDocument(document)
  return document
}

/** The texts of the hovers at the beginning of a line, but for the empty ones. */
async function hovers(document: vscode.TextDocument, line: number): Promise<string[]> {
  const found = await vscode.commands.executeCommand<vscode.Hover[]>(
    'vscode.executeHoverProvider',
    document.uri,
    new vscode.Position(line, 1),
  )
  return found.map(({ contents }) =>
    contents.map((part) => (typeof part === 'string' ? part : part.value)).join('\n'),
  )
}

const lenses = (document: vscode.TextDocument, resolved?: number) =>
  vscode.commands.executeCommand<vscode.CodeLens[]>('vscode.executeCodeLensProvider', document.uri, resolved)

async function until(holds: () => Promise<boolean>): Promise<void> {
  const began = performance.now()
  while (!(await holds())) {
    assert.ok(performance.now() - began < 20_000, 'it did not happen within 20 s')
    await sleep(200)
  }
}
