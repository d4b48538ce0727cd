import assert from 'node:assert/strict'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { runTests } from '@vscode/test-electron'
import { needsEditor, root } from '../editor/installed.ts'
import { quiet } from '../editor/settings.ts'
import { bundleSuites } from './bundle.ts'
import type { ReportLine } from './report.ts'
import { runInBrowser } from './run-in-browser.ts'

/** A desktop VS Code to run the suites in, instead of the one of the tests. */
const desktop = process.env.VSCODE_EXECUTABLE || undefined

test('inside VS Code', { skip: desktop === undefined && needsEditor }, async (t) => {
  const scratch = mkdtempSync(join(tmpdir(), 'finesse-host-'))
  t.after(() => rmSync(scratch, { recursive: true, force: true, maxRetries: 5 }))
  const folder = join(scratch, 'workspace')
  cpSync(join(root, 'media', 'samples'), folder, { recursive: true })
  const report = join(scratch, 'report.jsonl')
  const suites = await bundleSuites()
  const env = { FINESSE_REPORT: report }
  if (desktop === undefined) await runInBrowser(suites, folder, env)
  else await runOnDesktop(desktop, suites, folder, env)

  const lines = existsSync(report) ? readFileSync(report, 'utf8').trim().split('\n') : []
  const results = lines.map((line): ReportLine => JSON.parse(line))
  for (const line of results) {
    if ('log' in line) t.diagnostic(line.log)
    if ('skipped' in line) await t.test(line.title, { skip: true })
    if ('ms' in line) await t.test(`${line.title} (${line.ms} ms inside)`, () => {})
    if ('failure' in line) await t.test(line.title, () => assert.fail(line.failure))
  }
  assert.ok(
    results.some((line) => 'done' in line),
    'the suites did not end',
  )
  assert.ok(
    results.some((line) => 'ms' in line),
    'no test passed',
  )
})

async function runOnDesktop(
  executable: string,
  extensionTestsPath: string,
  folder: string,
  extensionTestsEnv: Record<string, string>,
): Promise<void> {
  const data = mkdtempSync(join(tmpdir(), 'finesse-data-'))
  try {
    mkdirSync(join(data, 'User'))
    writeFileSync(join(data, 'User', 'settings.json'), JSON.stringify(quiet))
    await runTests({
      vscodeExecutablePath: executable,
      extensionDevelopmentPath: root,
      extensionTestsPath,
      extensionTestsEnv,
      launchArgs: [folder, '--user-data-dir', data, '--disable-extensions'],
    })
  } finally {
    rmSync(data, { recursive: true, force: true, maxRetries: 5 })
  }
}
