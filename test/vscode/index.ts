// What VS Code calls as extensionTestsPath: runs the suites beside it inside the extension host. Each result goes to
// the file that FINESSE_REPORT names, one JSON object a line, where in-host.test.ts reads it.
import { appendFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import Mocha from 'mocha'
import type { ReportLine } from './report.ts'

export async function run(): Promise<void> {
  const path = process.env.FINESSE_REPORT
  if (path === undefined) throw new Error('FINESSE_REPORT names no file')
  const report = (line: ReportLine): void => appendFileSync(path, `${JSON.stringify(line)}\n`)
  const mocha = new Mocha({
    ui: 'tdd',
    timeout: 60_000,
    forbidOnly: process.env.CI === 'true',
    reporter: 'min',
  })
  const wanted = process.env.FINESSE_SUITE ?? ''
  for (const file of readdirSync(__dirname).sort())
    if (file.endsWith('.suite.cjs') && file.includes(wanted)) mocha.addFile(join(__dirname, file))
  await new Promise<void>((resolve) => {
    const runner = mocha.run(() => resolve())
    runner.on('pass', (test) => report({ title: test.fullTitle(), ms: test.duration ?? 0 }))
    runner.on('pending', (test) => report({ title: test.fullTitle(), skipped: true }))
    runner.on('fail', (test, error: Error) =>
      report({ title: test.fullTitle(), failure: error.stack ?? error.message }),
    )
  })
  report({ done: true })
}
