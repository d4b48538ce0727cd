import { cpSync, mkdirSync, readdirSync, rmdirSync, rmSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { isSystemError, rename, systemReason } from '../../../data/atomic-write.ts'
import type { FileMeasure } from '../../../shared/compression.ts'
import { UserError } from '../../../shared/error.ts'
import { t } from '../../../shared/l10n.ts'
import type { Command } from '../command.ts'
import { EXIT } from '../command.ts'
import { compress, compressionFrom } from '../compress.ts'
import { fileTable } from '../file-table.ts'
import { openFinishedRun, wordAt } from '../run-references.ts'
import { fromHere, print, printJson } from '../standard.ts'

export const exportModel: Command = {
  summary: t`copy a run's model to a folder`,
  synopsis: 'RUN FOLDER [--compress LIST]',
  about: t`Copies the model of RUN to FOLDER, which must be new or empty. It has the Hugging Face
layout: transformers.js and onnxruntime open it as it is. --compress writes smaller files
beside the model's, under the names that transformers.js has for them (dtype int8, fp16),
or trims the vocabulary to what the run's rows use, and measures each file on the run's
test rows.`,
  required: ['RUN', 'FOLDER'],
  optional: [],
  options: { compress: 'value' },
  optionHelp: [['--compress LIST', t`of int8, fp16 and trim, with commas between them`]],
  examples: [
    'finesse export reviews ../site/models/reviews',
    'finesse export reviews models/reviews --compress int8',
  ],
  async run({ words, values, flags }) {
    const run = openFinishedRun(wordAt(words, 0))
    const folder = resolve(wordAt(words, 1))
    const asked = compressionFrom(values.get('compress') ?? null)
    if (asked && run.record.base.kind === 'ngram')
      throw new UserError(
        t`--compress: an n-gram model has one file and no smaller form; leave it out`,
        'usage',
      )
    if (asked && run.record.data.target !== null)
      throw new UserError(
        t`--compress: smaller files are measured by labels, and this run predicts numbers; leave it out`,
        'usage',
      )
    let files: readonly FileMeasure[] = []
    await copyFolder(join(run.path, 'model'), folder, async (copy) => {
      if (asked) files = await compress(run, copy, asked)
    })
    if (flags.has('json')) await printJson({ run: run.path, folder, files })
    else {
      if (files.length > 0) await print(`${fileTable(files)}\n`)
      await print(`${t`The model is in ${fromHere(folder)}`}\n`)
    }
    return EXIT.done
  },
}

/**
 * Copies beside the target and renames: the target holds everything or is not there.
 *
 * @param complete is given the copy before it gets its name
 */
async function copyFolder(
  from: string,
  to: string,
  complete: (copy: string) => Promise<void>,
): Promise<void> {
  const temporary = `${to}.${process.pid}.tmp`
  try {
    if (!isFree(to))
      throw new UserError(t`${to}: there is something in it already; name a new or empty folder`)
    mkdirSync(dirname(to), { recursive: true })
    cpSync(from, temporary, { recursive: true, errorOnExist: true, force: false })
    await complete(temporary)
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
    throw new UserError(t`${to}: cannot be written: ${reason}; name another folder`)
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
