import { existsSync, readdirSync, realpathSync, statSync } from 'node:fs'
import { homedir } from 'node:os'
import { basename, dirname, join, resolve } from 'node:path'
import * as v from 'valibot'
import type { Pooling } from '../../shared/config.ts'
import { UserError } from '../../shared/error.ts'
import { t } from '../../shared/l10n.ts'
import { isNgramFolder } from '../ngram/kind.ts'
import { packageRoot } from '../package-root.ts'
import { type DownloadProgress, downloadModel, HUB_NAME, ONNX_FILES } from './hub.ts'
import { readJsonFile } from './json-file.ts'
import { ModelConfig } from './model-config.ts'
import { userCache } from './user-cache.ts'

/** A model in Hugging Face layout on this machine. */
export interface ModelFolder {
  readonly kind: 'embedded' | 'folder' | 'run' | 'hub'
  /** What the model was trained from, by a name without a path: goes into the exported card. */
  readonly id: string
  /** Absolute. */
  readonly folder: string
  /** Absolute: the first choice. */
  readonly onnxFile: string
  /** Absolute: what else is there, in order, should the first be of no use (a merged decoder). */
  readonly otherOnnxFiles: readonly string[]
  /** null: the folder has no config.json. */
  readonly config: ModelConfig | null
  /** What the model's own files say (`1_Pooling/config.json`); null where they say nothing that Finesse can do. */
  readonly pooling: Pooling | null
}

export interface LocateOptions {
  readonly cache?: string
  readonly endpoint?: string
  readonly token?: string | null
  readonly report?: (progress: DownloadProgress) => void
}

/** The encoder that comes with Finesse, under the package's root. */
export const EMBEDDED_MODEL = 'media/models/static-en'

/**
 * Finds the model that a person named: `embedded`, a folder, a run's folder, or a hub name, which is
 * downloaded to the user's cache unless it is there.
 */
export async function locateModel(spec: string, options: LocateOptions = {}): Promise<ModelFolder> {
  if (spec === 'ngram')
    throw new UserError(
      t`The n-gram model has no files and no tokens. Name a pretrained model here.`,
      'usage',
    )
  if (spec === 'embedded')
    return openModelFolder(join(packageRoot(), EMBEDDED_MODEL), 'embedded', 'static-en')
  const path = resolve(/^~(?=[/\\]|$)/.test(spec) ? homedir() + spec.slice(1) : spec)
  if (existsSync(path)) {
    if (!statSync(path).isDirectory()) {
      throw new UserError(t`${spec} is a file. Give the model's folder: ${dirname(spec)}`)
    }
    return existsSync(join(path, 'run.json')) ? openRun(path) : openModelFolder(path, 'folder')
  }
  if (!HUB_NAME.test(spec)) {
    throw new UserError(
      t`There is no folder ${spec}. Give a model's folder, a run's folder, or a name on the hub such as sentence-transformers/all-MiniLM-L6-v2.`,
    )
  }
  const folder = await downloadModel(spec, {
    cache: options.cache ?? userCache(),
    endpoint: options.endpoint ?? (process.env.HF_ENDPOINT || 'https://huggingface.co'),
    token: options.token === undefined ? process.env.HF_TOKEN || null : options.token,
    report: options.report ?? (() => undefined),
  })
  return openModelFolder(folder, 'hub', HUB_NAME.exec(spec)?.groups?.name)
}

function openRun(run: string): ModelFolder {
  const folder = join(run, 'model')
  if (!existsSync(folder)) {
    throw new UserError(t`The run ${run} has no model yet. Resume and finish it first.`)
  }
  return openModelFolder(folder, 'run')
}

/**
 * Reads what is in a model's folder. Its id is the given one, else that of the model it was trained from, else
 * the folder's name.
 */
function openModelFolder(folder: string, kind: ModelFolder['kind'], id?: string): ModelFolder {
  if (isNgramFolder(folder)) {
    throw new UserError(
      t`${folder} is an n-gram model, which holds nothing to train on from. Train one anew on all rows, with ngram as base model, or choose a pretrained model.`,
    )
  }
  if (!existsSync(join(folder, 'tokenizer.json'))) {
    throw new UserError(
      t`${folder} holds no tokenizer.json. Choose a model with one, or save it there with tokenizer.save_pretrained().`,
    )
  }
  const present = ONNX_FILES.map((name) => join(folder, ...name.split('/'))).filter((file) =>
    existsSync(file),
  )
  const [onnxFile, ...otherOnnxFiles] = present
  if (onnxFile === undefined) {
    const others = [folder, join(folder, 'onnx')]
      .flatMap((at) => (existsSync(at) ? readdirSync(at) : []))
      .filter((name) => name.endsWith('.onnx'))
    throw new UserError(
      others.length > 0
        ? t`${folder} holds no ${ONNX_FILES.join(', ')} (there is ${others.join(', ')}). Put the model's ONNX file there under one of these names, or choose a model exported for transformers.js.`
        : t`${folder} holds no ${ONNX_FILES.join(', ')}. Put the model's ONNX file there under one of these names, or choose a model exported for transformers.js.`,
    )
  }
  const config = readJsonFile(join(folder, 'config.json'), ModelConfig)
  return {
    kind,
    id: id ?? config?.finesse_base_model ?? basename(realpathSync(folder)),
    folder,
    onnxFile,
    otherOnnxFiles,
    config,
    pooling: config?.finesse_pooling ?? poolingOf(folder),
  }
}

const PoolingConfig = v.looseObject({
  pooling_mode: v.nullish(v.string()),
  pooling_mode_mean_tokens: v.nullish(v.boolean()),
  pooling_mode_cls_token: v.nullish(v.boolean()),
  pooling_mode_lasttoken: v.nullish(v.boolean()),
})

const POOLING_NAMES: ReadonlyMap<string, Pooling> = new Map([
  ['mean', 'mean'],
  ['cls', 'cls'],
  ['lasttoken', 'last'],
])

/** As sentence-transformers writes it: a flag a mode, or (since 5.x) one name. Several modes together are none. */
function poolingOf(folder: string): Pooling | null {
  const config = readJsonFile(join(folder, '1_Pooling', 'config.json'), PoolingConfig)
  if (config === null) return null
  const named = POOLING_NAMES.get(config.pooling_mode ?? '')
  if (named !== undefined) return named
  const on = Object.entries(config).filter(
    ([key, value]) => key.startsWith('pooling_mode_') && value === true,
  )
  if (on.length !== 1) return null
  if (config.pooling_mode_mean_tokens) return 'mean'
  if (config.pooling_mode_cls_token) return 'cls'
  return config.pooling_mode_lasttoken ? 'last' : null
}
