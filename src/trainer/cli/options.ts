import { readFileSync } from 'node:fs'
import * as v from 'valibot'
import { nearest } from '../../data/nearest.ts'
import { RunOptions } from '../../shared/config.ts'
import { UserError } from '../../shared/error.ts'
import { systemReason } from '../run/atomic-write.ts'

type Key = keyof RunOptions

interface Described {
  /** Stands for the value in help. */
  readonly value: string
  /** What the option does, in a line of help. */
  readonly what: string
  /** What its value may be, as the end of "must be ...". */
  readonly allowed: string
}

const count = 'a whole number of 1 or more, or auto'

/** A run's options as a person meets them: in help, and when a value is wrong. In the order of help. */
export const OPTIONS: Readonly<Record<Key, Described>> = {
  valid: { value: 'FILE', what: 'rows to validate on (else a share of FILE)', allowed: 'the path of a file' },
  test: {
    value: 'FILE',
    what: 'rows for the final test (else a share of FILE)',
    allowed: 'the path of a file',
  },
  text: { value: 'COL', what: 'column of the texts (else found)', allowed: 'the name of a column' },
  label: { value: 'COL', what: 'column of the labels (else found)', allowed: 'the name of a column' },
  model: {
    value: 'ID|FOLDER|RUN',
    what: 'model to start from: embedded, a hub name, a folder, a run',
    allowed: 'embedded, a hub name, a folder or a run',
  },
  strategy: {
    value: 'S',
    what: 'what is trained: auto, head, last:N (upper N layers) or full',
    allowed: 'auto, head, full or last:N, as in last:2',
  },
  epochs: { value: 'N', what: 'passes over the training rows', allowed: count },
  batch: { value: 'N', what: 'rows of one optimiser step', allowed: count },
  lr: { value: 'X', what: 'peak learning rate', allowed: 'a number above 0, as 1e-4, or auto' },
  max_length: { value: 'N', what: 'tokens of a text that are read', allowed: count },
  seed: { value: 'N', what: 'equal seeds give equal runs (42)', allowed: 'a whole number of 0 or more' },
  pooling: {
    value: 'P',
    what: "auto, mean, cls or last: how tokens become the text's vector",
    allowed: 'auto, mean, cls or last',
  },
  device: { value: 'D', what: 'auto, cpu or webgpu', allowed: 'auto, cpu or webgpu' },
  embeddings: {
    value: 'E',
    what: 'auto, frozen or touched (rows a batch uses are trained)',
    allowed: 'auto, frozen or touched',
  },
  warmup: {
    value: 'X',
    what: 'steps until the peak rate, a share of all when below 1',
    allowed: 'a number of 0 or more, or auto',
  },
  weight_decay: { value: 'X', what: 'AdamW weight decay (0.01)', allowed: 'a number of 0 or more' },
  clip: { value: 'X', what: "largest norm of a step's gradient (1)", allowed: 'a number above 0' },
  metric: {
    value: 'M',
    what: 'what the best weights are chosen by: accuracy, f1_macro or log_loss',
    allowed: 'accuracy, f1_macro or log_loss',
  },
  patience: {
    value: 'N',
    what: 'epochs without a better validation before training stops (2)',
    allowed: 'a whole number of 1 or more',
  },
  cache_mb: {
    value: 'N',
    what: 'disk for activations computed once, in MB (4096)',
    allowed: 'a number of 0 or more',
  },
}

const isKey = (key: string): key is Key => Object.hasOwn(OPTIONS, key)

/** The name of an option as a flag. */
export const flag = (key: string): string => `--${key.replaceAll('_', '-')}`

/** What the command line says of a run's options. */
export interface Given {
  /** By option, from flags. */
  readonly flags: ReadonlyMap<string, string>
  /** `key=value` of every `--set`. */
  readonly set: readonly string[]
  readonly config: string | null
}

/** Flags count most, then `--set`, then the configuration file, then the defaults. */
export function resolveOptions({ flags, set, config }: Given): RunOptions {
  const values: Partial<Record<Key, unknown>> = {}
  if (config !== null) {
    for (const [name, value] of Object.entries(readConfig(config))) {
      const key = knownKey(name, `${config}: ${name}`)
      if (!accepts(key, value)) throw wrong(`${config}: ${name}`, JSON.stringify(value), key)
      values[key] = value
    }
  }
  for (const assignment of set) {
    const [name = '', ...rest] = assignment.split('=')
    if (rest.length === 0)
      throw new UserError(`--set ${assignment}: write it as key=value, for example --set epochs=3`, 'usage')
    const key = knownKey(name, `--set ${name}`)
    values[key] = typed(key, rest.join('='), `--set ${name}`)
  }
  for (const [name, text] of flags) if (isKey(name)) values[name] = typed(name, text, flag(name))
  return v.parse(RunOptions, values)
}

function readConfig(path: string): object {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    const reason = systemReason(error)
    if (reason === null) throw error
    throw new UserError(`--config ${path}: cannot be read: ${reason}`)
  }
  let value: unknown
  try {
    value = JSON.parse(text.replace(/^\ufeff/, ''))
  } catch (error) {
    const where = error instanceof SyntaxError ? ` (${error.message.replaceAll(/\s+/g, ' ')})` : ''
    throw new UserError(`--config ${path}: not JSON${where}; write it as {"epochs": 3, "batch": 16}`)
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new UserError(`--config ${path}: must be an object, for example {"epochs": 3, "batch": 16}`)
  return value
}

function knownKey(name: string, where: string): Key {
  const key = name.trim().replaceAll('-', '_')
  if (isKey(key)) return key
  const near = nearest(key, Object.keys(OPTIONS))
  const hint = near === null ? `options are ${Object.keys(OPTIONS).join(', ')}` : `did you mean ${near}?`
  throw new UserError(`${where}: no such option; ${hint}`, 'usage')
}

const accepts = (key: Key, value: unknown): boolean => v.safeParse(RunOptions.entries[key], value).success

/** A word of the command line as the value that the option's schema takes: itself, else the number that it writes. */
function typed(key: Key, text: string, where: string): unknown {
  if (text !== '' && accepts(key, text)) return text
  const number = text.trim() === '' ? Number.NaN : Number(text)
  if (Number.isFinite(number) && accepts(key, number)) return number
  throw wrong(where, text === '' ? '""' : text, key)
}

const wrong = (where: string, value: string, key: Key): UserError =>
  new UserError(`${where} ${value}: must be ${OPTIONS[key].allowed}`, 'usage')
