import { readFile, writeFile } from 'node:fs/promises'
import { basename } from 'node:path'
import * as vscode from 'vscode'
import { t } from '../../shared/l10n.ts'
import type { SomeOptions, ToPage } from '../../shared/page.ts'
import { configurationPath, configurationText, readConfiguration } from './configuration-file.ts'

/** Of a file that is not there or can't be read: null. */
const textOfFile = (path: string): Promise<string | null> => readFile(path, 'utf8').catch(() => null)

/** What the configuration file beside a data file says; null: there is none. */
export async function readConfigurationOf(
  dataFile: string,
): Promise<Extract<ToPage, { type: 'configuration' }> | null> {
  const path = configurationPath(dataFile)
  const text = await textOfFile(path)
  if (text === null) return null
  const from = basename(path)
  return { type: 'configuration', from, ...readConfiguration(from, text) }
}

/** Writes the options beside the data file and shows them; a file that says something else is replaced when asked. */
export async function openConfiguration(dataFile: string, options: SomeOptions): Promise<void> {
  const path = configurationPath(dataFile)
  const wanted = configurationText(options)
  const there = await textOfFile(path)
  if (there !== wanted && (there === null || (await isReplaced(path)))) await writeFile(path, wanted)
  const document = await vscode.workspace.openTextDocument(vscode.Uri.file(path))
  await vscode.window.showTextDocument(document, { viewColumn: vscode.ViewColumn.Beside })
}

async function isReplaced(path: string): Promise<boolean> {
  const replace = t`Replace`
  const answer = await vscode.window.showWarningMessage(
    t`${basename(path)} is there already and says something else.`,
    replace,
    t`Open It As It Is`,
  )
  return answer === replace
}
