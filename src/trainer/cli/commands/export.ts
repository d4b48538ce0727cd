import { cpSync, mkdirSync, readdirSync, rmdirSync, rmSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { UserError } from '../../../shared/error.ts'
import { isSystemError, rename, systemReason } from '../../run/atomic-write.ts'
import type { Command } from '../command.ts'
import { EXIT } from '../command.ts'
import { openFinishedRun, wordAt } from '../run-references.ts'
import { fromHere, print, printJson } from '../standard.ts'

export const exportModel: Command = {
  summary: "copy a run's model to a folder",
  synopsis: 'RUN FOLDER',
  about: `Copies the model of RUN to FOLDER, which must be new or empty. It has the Hugging Face
layout: transformers.js and onnxruntime open it as it is.`,
  required: ['RUN', 'FOLDER'],
  optional: [],
  options: {},
  optionHelp: [],
  examples: ['finesse export reviews ../site/models/reviews'],
  async run({ words, flags }) {
    const run = openFinishedRun(wordAt(words, 0))
    const folder = resolve(wordAt(words, 1))
    copyFolder(join(run.path, 'model'), folder)
    if (flags.has('json')) await printJson({ run: run.path, folder })
    else await print(`The model is in ${fromHere(folder)}\n`)
    return EXIT.done
  },
}

/** Copies beside the target and renames: the target holds everything or is not there. */
function copyFolder(from: string, to: string): void {
  const temporary = `${to}.${process.pid}.tmp`
  try {
    if (!isFree(to))
      throw new UserError(`${to}: there is something in it already; name a new or empty folder`)
    mkdirSync(dirname(to), { recursive: true })
    cpSync(from, temporary, { recursive: true, errorOnExist: true, force: false })
    try {
      rmdirSync(to)
    } catch (error) {
      if (!isSystemError(error) || error.code !== 'ENOENT') throw error
    }
    rename(temporary, to)
  } catch (error) {
    rmSync(temporary, { recursive: true, force: true })
    const reason = systemReason(error)
    if (reason === null) throw error
    throw new UserError(`${to}: cannot be written: ${reason}; name another folder`)
  }
}

function isFree(folder: string): boolean {
  try {
    return readdirSync(folder).length === 0
  } catch (error) {
    if (isSystemError(error) && error.code === 'ENOENT') return true
    throw error
  }
}
