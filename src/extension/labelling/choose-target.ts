import { existsSync } from 'node:fs'
import { basename, extname } from 'node:path'
import * as vscode from 'vscode'
import { createTrainingFile } from '../../data/append/training-file.ts'
import { chooseColumns } from '../../data/columns.ts'
import { openTable } from '../../data/table.ts'
import { UserError } from '../../shared/error.ts'
import { t } from '../../shared/l10n.ts'
import type { LabellingTarget } from '../../shared/labelling.ts'
import type { RunRecord } from '../../shared/run.ts'

/** Asks which file labelled texts are added to; null: none was chosen. A new file is made at once, with its header. */
export async function chooseTarget(
  source: string,
  record: RunRecord | null,
): Promise<LabellingTarget | null> {
  const beside = `${source.slice(0, source.length - extname(source).length)}-labelled.csv`
  const trained = record === null ? null : targetOfRun(record)
  const isThere = existsSync(beside)
  if (trained === null || !existsSync(trained.path))
    return isThere ? existing(beside) : fresh(beside, trained)
  const items = [
    {
      label: basename(trained.path),
      description: t`the file this model was trained on`,
      detail: trained.path,
      target: 'trained' as const,
    },
    {
      label: basename(beside),
      description: isThere ? t`rows are added to it` : t`a new file`,
      detail: beside,
      target: 'beside' as const,
    },
  ]
  const picked = await vscode.window.showQuickPick(items, {
    placeHolder: t`Add labelled texts to which file?`,
  })
  if (picked === undefined) return null
  if (picked.target === 'trained') return trained
  return isThere ? existing(beside) : fresh(beside, trained)
}

/** A run of pairs, or of numbers, is labelled elsewhere: one key is no answer there. */
function targetOfRun({ data, options }: RunRecord): LabellingTarget {
  if (data.text_pair !== null || data.target !== null)
    throw new UserError(
      t`This model reads pairs of texts or predicts numbers: choose one that gives a text one of its labels.`,
    )
  return { path: data.train.path, text: data.text, label: data.label, split: options.split_column }
}

/** With the columns of the training file, so that both can be trained on together. */
function fresh(path: string, trained: LabellingTarget | null): LabellingTarget {
  const target = { path, text: trained?.text ?? 'text', label: trained?.label ?? 'label', split: null }
  createTrainingFile(path, target)
  return target
}

async function existing(path: string): Promise<LabellingTarget> {
  const { text, label } = await chooseColumns(await openTable(path), { text: null, label: null })
  return { path, text, label, split: null }
}
