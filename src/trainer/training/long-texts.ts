import type { ModelText } from '../../data/model-text.ts'
import type { RunOptions } from '../../shared/config.ts'
import { UserError } from '../../shared/error.ts'
import { t } from '../../shared/l10n.ts'
import type { Encoded, Tokenizer } from '../text/tokenizer.ts'
import type { Inputs } from './inputs.ts'

/** What is read of each text, and with windows which of it is of which text. */
export const readTexts = (
  texts: readonly ModelText[],
  tokenizer: Tokenizer,
  limit: number,
  options: RunOptions,
): Pick<Inputs, 'encoded' | 'windows'> => {
  const { long } = options
  if (long !== 'truncate' && texts.some((text) => typeof text !== 'string'))
    throw new UserError(
      t`Long texts are read as ${long} where a row has one text, not two. Leave that out, or the second text.`,
      'usage',
    )
  const read = texts.map((text) => tokenizer.encodeLong(text, limit, long))
  const encoded: Encoded[] = read.flat()
  if (encoded.length === texts.length) return { encoded, windows: null }
  const windows = new Int32Array(texts.length + 1)
  for (const [row, own] of read.entries()) windows[row + 1] = (windows[row] ?? 0) + own.length
  return { encoded, windows }
}

/** How much of the texts is not read. */
export interface Cut {
  readonly texts: number
  readonly cut: number
  /** Of all tokens, from 0 to 1. */
  readonly share: number
}

export const cutOf = (encoded: readonly Pick<Encoded, 'ids' | 'length'>[]): Cut => {
  let all = 0
  let lost = 0
  let cut = 0
  for (const { ids, length } of encoded) {
    all += length
    lost += length - ids.length
    if (length > ids.length) cut++
  }
  return { texts: encoded.length, cut, share: all > 0 ? lost / all : 0 }
}

/** Whether a row has tokens that are not read. */
export const isCutRow = ({ encoded, windows }: Pick<Inputs, 'encoded' | 'windows'>, row: number): boolean => {
  const read = encoded[row]
  return windows === null && read !== undefined && read.length > read.ids.length
}

/** What a person is told of the long texts, before training; null: there are none. */
export const longSentence = ({
  data,
  encoded,
  windows,
  model,
  options,
}: Inputs): { readonly event: 'note' | 'warning'; readonly message: string } | null => {
  if (windows) {
    const texts = windows.length - 1
    const long = Array.from({ length: texts }, (_, row) => row).filter(
      (row) => (windows[row + 1] ?? 0) - (windows[row] ?? 0) > 1,
    ).length
    return {
      event: 'note',
      message: t`${long} of ${texts} texts are longer than ${options.max_length} tokens and are read in windows: ${encoded.length} windows in all.`,
    }
  }
  const { texts, cut, share } = cutOf(encoded)
  if (cut === 0) return null
  const lost =
    options.long === 'head+tail'
      ? t`${cut} of ${texts} texts are longer than ${options.max_length} tokens; the model reads their beginning and end, and ${percent(share)} of all tokens are not read.`
      : t`${cut} of ${texts} texts are longer than ${options.max_length} tokens; the model reads their beginning, and ${percent(share)} of all tokens are not read.`
  if (options.long !== 'truncate' || data.columns.pair !== null) return { event: 'warning', message: lost }
  const limit = model.tokenizer.modelMaxLength
  return {
    event: 'warning',
    message:
      limit === null || options.max_length < limit
        ? t`${lost} Use a larger maximum length for more, or read long texts in windows for all of it.`
        : t`${lost} Read long texts in windows for all of it.`,
  }
}

export const percent = (share: number): string => `${(100 * share).toFixed(share < 0.0995 ? 1 : 0)} %`
