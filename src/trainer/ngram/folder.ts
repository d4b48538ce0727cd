import { existsSync } from 'node:fs'
import { join } from 'node:path'
import * as v from 'valibot'
import { isTextStep } from '../../data/clean/steps.ts'
import { normalizers } from '../../data/clean/text.ts'
import { isStep, type Step } from '../../shared/clean-steps.ts'
import { UserError } from '../../shared/error.ts'
import { t } from '../../shared/l10n.ts'
import { pretty, writeFolder } from '../export/folder.ts'
import { readJsonFile } from '../text/json-file.ts'
import { type NgramCard, ngramCard } from './card.ts'
import { NGRAM_TYPE } from './kind.ts'

export interface ExportedNgram {
  /** The file, from strings to probabilities. */
  readonly onnx: Uint8Array
  /** In the order of the probabilities. */
  readonly labels: readonly string[]
  readonly ngrams: number
  /** As of `ExportedModel`. */
  readonly unsure: number | null
  readonly clean: readonly Step[]
  readonly card: NgramCard
}

/** Writes the model's folder, in place of what is there. Equal models give equal bytes. */
export function writeNgramFolder(folder: string, model: ExportedNgram): void {
  const { onnx, labels, ngrams, unsure, clean, card } = model
  const steps = clean.filter(isTextStep)
  const config = {
    model_type: NGRAM_TYPE,
    num_labels: labels.length,
    id2label: Object.fromEntries(labels.map((label, i) => [String(i), label])),
    label2id: Object.fromEntries(labels.map((label, i) => [label, i])),
    problem_type: 'single_label_classification',
    finesse_ngrams: ngrams,
    ...(card.pair ? { finesse_pair: card.pair } : {}),
    ...(unsure === null ? {} : { finesse_unsure: unsure }),
    ...(steps.length > 0 ? { finesse_clean: steps, finesse_normalizer: normalizers(steps) } : {}),
  }
  const files = new Map<string, Uint8Array>([
    ['config.json', pretty(config)],
    ['onnx/model.onnx', onnx],
    ['README.md', Buffer.from(ngramCard(labels, ngrams, steps, card))],
  ])
  writeFolder(folder, files, { replace: true })
}

const NgramConfig = v.looseObject({
  id2label: v.record(v.string(), v.string()),
  finesse_ngrams: v.pipe(v.number(), v.integer(), v.minValue(0)),
  finesse_pair: v.nullish(v.tuple([v.string(), v.string()])),
  finesse_clean: v.optional(v.array(v.string()), []),
  finesse_unsure: v.nullish(v.number()),
})

/** Reads a folder that `writeNgramFolder` wrote. */
export function readNgramFolder(folder: string) {
  const onnxFile = join(folder, 'onnx', 'model.onnx')
  const config = readJsonFile(join(folder, 'config.json'), NgramConfig)
  const names = config?.id2label ?? {}
  const labels = Object.keys(names).flatMap((_, i) => names[String(i)] ?? [])
  const steps = config?.finesse_clean.filter(isStep).filter(isTextStep) ?? []
  const isWhole = labels.length >= 2 && labels.length === Object.keys(names).length
  if (config === null || !existsSync(onnxFile) || !isWhole || steps.length < config.finesse_clean.length)
    throw new UserError(
      t`${folder}: the n-gram model is damaged, or of a newer version. Train it again, with ngram as base model.`,
    )
  return {
    onnxFile,
    labels,
    steps,
    ngrams: config.finesse_ngrams,
    pair: config.finesse_pair ?? null,
    unsure: config.finesse_unsure ?? null,
  }
}
