import { existsSync } from 'node:fs'
import { open, rename, writeFile } from 'node:fs/promises'
import { join, posix } from 'node:path'
import * as v from 'valibot'
import { UserError } from '../../shared/error.ts'
import { t } from '../../shared/l10n.ts'
import { type DownloadOptions, type DownloadOutcome, download } from './download.ts'
import { readJsonFile } from './json-file.ts'
import { ModelConfig } from './model-config.ts'

/** Bytes of a file so far; `total` is null where the server does not say. */
export interface DownloadProgress {
  readonly file: string
  readonly received: number
  readonly total: number | null
}

export interface HubOptions {
  /** The user's cache folder. */
  readonly cache: string
  /** e.g. `https://huggingface.co`. */
  readonly endpoint: string
  readonly token: string | null
  readonly report: (progress: DownloadProgress) => void
  readonly backoffMs?: number
}

/** ONNX files in the order in which they are looked for. */
export const ONNX_FILES = [
  'onnx/model.onnx',
  'model.onnx',
  'onnx/model_fp16.onnx',
  'model_fp16.onnx',
  'onnx/decoder_model.onnx',
] as const

const OPTIONAL_FILES = ['tokenizer_config.json', 'special_tokens_map.json', '1_Pooling/config.json'] as const

/** Written last: a folder that has it is complete and needs no network. */
const COMPLETE = '.complete.json'

/** `owner/name`, or `owner/name@revision`. */
export const HUB_NAME = /^(?<name>\w[\w.-]*\/\w[\w.-]*)(?:@(?<revision>[\w./-]+))?$/

/**
 * Downloads the files of a hub model that Finesse needs, and returns their folder,
 * `CACHE/models/OWNER/NAME/REVISION`. What is there already is not asked for again.
 */
export async function downloadModel(spec: string, options: HubOptions): Promise<string> {
  const { name, revision = 'main' } = HUB_NAME.exec(spec)?.groups ?? {}
  if (name === undefined) throw new Error(`${spec} is no hub name`)
  const host = hostOf(options.endpoint)
  const folder = join(options.cache, 'models', ...name.split('/'), encodeURIComponent(revision))
  if (existsSync(join(folder, COMPLETE))) return folder

  const outcomeOf = async (file: string): Promise<DownloadOutcome> => {
    const target = join(folder, ...file.split('/'))
    if (existsSync(target)) return { kind: 'done' }
    const address = `${options.endpoint.replace(/\/+$/, '')}/${name}/resolve/${encodeURIComponent(revision)}/${file}`
    const request: DownloadOptions = {
      headers: options.token === null ? {} : { authorization: `Bearer ${options.token}` },
      report: (received, total) => options.report({ file, received, total }),
      ...(options.backoffMs === undefined ? {} : { backoffMs: options.backoffMs }),
    }
    try {
      return await download(address, target, request)
    } catch (error) {
      if (!v.is(v.object({ code: v.string(), syscall: v.string() }), error)) throw error
      throw new UserError(
        t`${name} could not be stored in ${options.cache} (${error.code}). Make room there, or set FINESSE_CACHE to another folder.`,
      )
    }
  }
  /** Whether the model has the file. */
  const get = async (file: string): Promise<boolean> => {
    const outcome = await outcomeOf(file)
    if (outcome.kind === 'done') return true
    if (outcome.kind === 'unreachable') throw unreachable(name, host, outcome.reason)
    if (outcome.status === 404 && outcome.code !== 'RepoNotFound' && outcome.code !== 'RevisionNotFound')
      return false
    throw refused(name, revision, host, options, outcome.status, outcome.code)
  }

  const hasConfig = await get('config.json')
  if (!(await get('tokenizer.json'))) {
    if (!hasConfig) throw refused(name, revision, host, options, 404, null)
    throw new UserError(
      t`${name} has no tokenizer.json on ${host}. Choose a model that has one, such as one exported for transformers.js.`,
    )
  }
  for (const file of OPTIONAL_FILES) await get(file)
  const onnx = await first(onnxOrder(readJsonFile(join(folder, 'config.json'), ModelConfig)), get)
  if (onnx === null) {
    throw new UserError(
      t`${name} has no ONNX file on ${host} (looked for ${ONNX_FILES.join(', ')}). Choose a model that has one, such as one exported for transformers.js.`,
    )
  }
  for (const location of await externalData(join(folder, ...onnx.split('/')))) {
    const file = posix.join(posix.dirname(onnx), location)
    if (posix.isAbsolute(location) || file.startsWith('..') || !(await get(file))) {
      throw new UserError(
        t`${onnx} of ${name} keeps its weights in ${location}, which is not on ${host}. Choose another model.`,
      )
    }
  }
  const marker = join(folder, COMPLETE)
  await writeFile(`${marker}.${process.pid}`, `${JSON.stringify({ onnx })}\n`)
  await rename(`${marker}.${process.pid}`, marker)
  return folder
}

/** A decoder's `model.onnx` may be merged from two graphs, which is more to download and can't be trained. */
function onnxOrder(config: ModelConfig | null): readonly string[] {
  const decoder = config?.architectures?.some((name) => /(ForCausalLM|LMHeadModel)$/.test(name)) === true
  return decoder ? ['onnx/decoder_model.onnx', ...ONNX_FILES] : ONNX_FILES
}

async function first(
  names: readonly string[],
  test: (name: string) => Promise<boolean>,
): Promise<string | null> {
  for (const name of names) if (await test(name)) return name
  return null
}

/** An entry of TensorProto.external_data with the key `location`, up to its value's length. */
const LOCATION = Buffer.from('\x0a\x08location\x12', 'latin1')

/** The files in which an ONNX file keeps its tensors, found without parsing or holding it. */
export async function externalData(onnx: string): Promise<string[]> {
  const found = new Set<string>()
  const file = await open(onnx)
  try {
    const overlap = LOCATION.length + 256
    const buffer = Buffer.alloc(1 << 20)
    for (let kept = 0; ; ) {
      const { bytesRead } = await file.read(buffer, kept, buffer.length - kept)
      const end = kept + bytesRead
      for (
        let at = buffer.indexOf(LOCATION);
        at !== -1 && at < end;
        at = buffer.indexOf(LOCATION, at + LOCATION.length)
      ) {
        const length = buffer[at + LOCATION.length] ?? 0
        const from = at + LOCATION.length + 1
        if (length > 0 && length < 128 && from + length <= end)
          found.add(buffer.toString('utf8', from, from + length))
      }
      if (bytesRead === 0) break
      kept = Math.min(end, overlap)
      buffer.copyWithin(0, end - kept, end)
      buffer.fill(0, kept)
    }
  } finally {
    await file.close()
  }
  return [...found].sort()
}

function hostOf(endpoint: string): string {
  const url = URL.canParse(endpoint) ? new URL(endpoint) : null
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new UserError(
      t`HF_ENDPOINT is ${JSON.stringify(endpoint)}, which is no address. Set it to one such as https://huggingface.co.`,
    )
  }
  return url.host
}

function unreachable(name: string, host: string, reason: string): UserError {
  const why = /CERT|SELF_SIGNED/.test(reason)
    ? t`the certificate of ${host} is not trusted: ${reason}; NODE_EXTRA_CA_CERTS can name your own`
    : /^HTTP/.test(reason)
      ? t`${host} answered ${reason}`
      : t`no connection to ${host}`
  return new UserError(
    t`${name} could not be downloaded (${why}). As base model give a folder that holds it instead, or choose a mirror of the hub (HF_ENDPOINT).`,
  )
}

function refused(
  name: string,
  revision: string,
  host: string,
  { endpoint, token }: HubOptions,
  status: number,
  code: string | null,
): UserError {
  if (code === 'RevisionNotFound')
    return new UserError(t`${name} has no revision ${revision} on ${host}. Leave @${revision} out.`)
  if (status === 404 || code === 'RepoNotFound') {
    return new UserError(
      token === null
        ? t`There is no folder ${name} here and no model ${name} on ${host} that is public (for a private one set HF_TOKEN). Check the name.`
        : t`There is no folder ${name} here and no model ${name} on ${host}. Check the name.`,
    )
  }
  if (status === 401 || status === 403) {
    const page = `${endpoint.replace(/\/+$/, '')}/${name}`
    return new UserError(
      token === null
        ? t`${name} is not open to everyone on ${host} (HTTP ${status}). Accept its terms at ${page} and set HF_TOKEN to your access token.`
        : t`HF_TOKEN does not give access to ${name} on ${host} (HTTP ${status}). Accept its terms at ${page}, and check the token.`,
    )
  }
  return new UserError(
    t`${name} could not be downloaded (${host} answered HTTP ${status}). As base model give a folder that holds it instead.`,
  )
}
